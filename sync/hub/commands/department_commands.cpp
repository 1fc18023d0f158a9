#include "sync/hub/commands/department_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "sync/departments/department_book.hpp"
#include "sync/hub/commands/keeping_commands.hpp"
#include "sync/hub/commands/operator_commands.hpp"
#include "sync/hub/filing/bad_news.hpp"
#include "sync/hub/filing/case_news.hpp"
#include "sync/hub/filing/filing_queue.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

namespace {

using departments::DepartmentBook;

int failed_there(const Error& error) {
  fmt::print(stderr, "kiosk-hub: {}\n", error.text());
  return 1;
}

// Departments of the book without a record, and records of departments that the book has no more, too.
int list_departments(const std::string& folder, bool json) {
  auto book = DepartmentBook::load(folder);
  if (!book) return failed_there(book.error());
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed_there(database.error());
  const SystemClock clock;
  auto counts = FilingQueue(**database, clock).counts();
  if (!counts) return failed_there(counts.error());
  std::map<std::string, DepartmentCount> all;
  for (const auto& [name, settings] : book->departments()) {
    if (settings.kind != departments::DepartmentKind::reg) all[name].department = name;
  }
  for (auto& count : *counts) all[count.department] = std::move(count);
  for (const auto& [name, count] : all) {
    const bool known = book->named(name) != nullptr;
    if (json) {
      fmt::print("{}\n", json_text(Json{{"department", name},
                                        {"in_book", known},
                                        {"waiting", count.waiting},
                                        {"filed", count.filed},
                                        {"dead", count.dead},
                                        {"closed", count.closed},
                                        {"oldest_waiting_utc_ms", count.oldest_waiting_utc_ms}}));
      continue;
    }
    const auto since =
        count.oldest_waiting_utc_ms > 0 ? " since " + utc_stamp(count.oldest_waiting_utc_ms) : "";
    fmt::print("{}\t{} filed\t{} waiting{}\t{} dead\t{} closed{}\n", name, count.filed, count.waiting, since,
               count.dead, count.closed, known ? "" : "\tnot in departments.json");
  }
  return 0;
}

int list_bad_states(database::Database& database, bool json) {
  auto letters = list_bad_news(database);
  if (!letters) return failed_there(letters.error());
  for (const BadNewsLetter& one : *letters) {
    const auto digest = to_hex(one.digest);
    if (json) {
      fmt::print("{}\n", json_text(Json{{"state", digest},
                                        {"case_no", one.case_no},
                                        {"department", one.department},
                                        {"code", one.code},
                                        {"since_utc_ms", one.since_utc_ms}}));
      continue;
    }
    fmt::print("{}\t{}\t{}\t-\t{}\ta state it told\t{}\n", digest, one.department, one.case_no, one.code,
               utc_stamp(one.since_utc_ms));
  }
  return 0;
}

int list_dead(const std::string& folder, bool json) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed_there(database.error());
  const SystemClock clock;
  auto letters = FilingQueue(**database, clock).dead_letters();
  if (!letters) return failed_there(letters.error());
  for (const DeadLetter& one : *letters) {
    const auto id = to_hex(one.record.id);
    if (json) {
      fmt::print("{}\n", json_text(Json{{"record", id},
                                        {"case_no", one.record.case_no},
                                        {"terminal", one.record.terminal_id},
                                        {"service", one.service_id},
                                        {"department", one.department},
                                        {"attempts", one.attempts},
                                        {"code", one.code},
                                        {"detail", one.detail},
                                        {"since_utc_ms", one.since_utc_ms}}));
      continue;
    }
    fmt::print("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", id, one.department, one.record.case_no, one.service_id,
               one.code, one.detail, utc_stamp(one.since_utc_ms));
  }
  return list_bad_states(**database, json);
}

Result<record::RecordId> parse_record_id(const std::string& text) {
  auto bytes = from_hex(text);
  if (!bytes || bytes->size() != sizeof(record::RecordId)) {
    return Error{Remedy::refuse, "hub.bad_record_id",
                 "32 hexadecimal digits, as 'departments dead' lists them"};
  }
  return record_id_of(*bytes);
}

int replay(const std::string& folder, const std::string& which) {
  std::optional<record::RecordId> id;
  if (which != "all") {
    auto parsed = parse_record_id(which);
    if (!parsed) return failed_there(parsed.error());
    id = *parsed;
  }
  auto book = DepartmentBook::load(folder);
  if (!book) return failed_there(book.error());
  auto database = open_hub_database(folder);
  if (!database) return failed_there(database.error());
  const SystemClock clock;
  const auto route = [&](std::string_view service_id, const std::string& was_at, bool refused) {
    if (!refused && book->named(was_at) != nullptr) return was_at;
    const auto* department = book->find(service_id);
    return department != nullptr ? department->name : std::string();
  };
  const auto count = FilingQueue(**database, clock).replay(id, route);
  if (!count) return failed_there(count.error());
  if (id && *count == 0) return failed_there(Error{Remedy::refuse, "hub.no_dead_letter", which});
  fmt::print("{} records are tried again\n", *count);
  return 0;
}

std::optional<record::Digest> parse_digest(const std::string& text) {
  const auto bytes = from_hex(text);
  record::Digest digest{};
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

int close_letter(const std::string& folder, const std::string& which, const Arguments& arguments) {
  const auto digest = parse_digest(which);
  auto id = parse_record_id(which);
  if (!digest && !id) return failed_there(id.error());
  auto database = open_hub_database(folder);
  if (!database) return failed_there(database.error());
  const SystemClock clock;
  const auto by = arguments.value("by");
  const auto reason = arguments.value("reason");
  auto closed = digest ? close_bad_news(**database, clock, *digest, by, reason)
                       : FilingQueue(**database, clock).close(*id, by, reason);
  if (!closed) return failed_there(closed.error());
  fmt::print("closed {}\n", which);
  return 0;
}

}  // namespace

int run_departments(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() == 3 && words[1] == "list") return list_departments(words[2], arguments.has("json"));
  if (words.size() == 3 && words[1] == "dead") return list_dead(words[2], arguments.has("json"));
  if (words.size() == 4 && words[1] == "replay") return replay(words[2], words[3]);
  if (words.size() == 4 && words[1] == "close") return close_letter(words[2], words[3], arguments);
  return exit_misuse;
}

int run_certificate(const std::string& folder, const std::string& case_no, const std::string& file,
                    const Arguments& arguments) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed_there(database.error());
  auto opener = OperatorsCustody::open(folder, arguments, custody::Role::open);
  if (!opener) return failed_there(opener.error());
  auto certificate =
      find_certificate(**database, (*opener)->opener(), {"certificate", arguments.value("by")}, case_no);
  if (!certificate) return failed_there(certificate.error());
  if (auto done = write_file_durably(file, *certificate, 0600); !done) return failed_there(done.error());
  return 0;
}

}  // namespace bianmin::hub
