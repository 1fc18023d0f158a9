#include "sync/hub/commands/operator_commands.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "sync/hub/commands/keeping_commands.hpp"
#include "sync/hub/filing/filing.hpp"
#include "sync/hub/filing/register.hpp"
#include "sync/hub/ingest/ingest.hpp"
#include "sync/hub/ingest/quarantine.hpp"
#include "sync/hub/ingest/stick_import.hpp"
#include "sync/hub/service/service.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "sync/hub/store/payload_parts.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::hub {

namespace {

constexpr std::int64_t import_told_each = 500;  // records

int failed(const Error& error) {
  fmt::print(stderr, "kiosk-hub: {}\n", error.text());
  return 1;
}

void print_event(const OperatorEvent& event, bool json) {
  if (json) return fmt::print("{}\n", json_text(to_json(event)));
  fmt::print("{}\t{}\t{}\t{}\t{}\t{}x\t{}\n", event.id, utc_stamp(event.last_utc_ms), event.terminal_id,
             event.epoch, event.kind, event.count, event.detail);
}

void print_line(const Quarantined& one, bool json) {
  if (json) return fmt::print("{}\n", json_text(to_json(one)));
  fmt::print("{}\t{}\t{}\t{}\t{}\t{}\n", to_hex(one.digest), one.terminal_id, one.epoch, one.seq, one.code,
             one.released_utc_ms == 0 ? "inside" : "released");
}

int list(const std::string& folder, bool json) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed(database.error());
  auto all = list_quarantine(**database);
  if (!all) return failed(all.error());
  for (const Quarantined& one : *all) print_line(one, json);
  return 0;
}

int show(const std::string& folder, const std::string& digest) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed(database.error());
  auto one = find_quarantined(**database, digest);
  if (!one) return failed(one.error());
  fmt::print("{}\n", json_text(to_json(*one), true));
  return 0;
}

// Everything that takes records in or lets them out, as the server has it.
struct Intake {
  SystemClock clock;
  std::optional<HubKeys> keys;
  std::unique_ptr<database::Database> database;
  std::unique_ptr<OperatorsCustody> judge;
  departments::DepartmentBook book;
  std::optional<Ingest> ingest;

  Result<void> open(const std::string& folder, const Arguments& arguments) {
    auto loaded = HubKeys::load(folder);
    if (!loaded) return loaded.error();
    keys.emplace(std::move(loaded).value());
    auto keeper = OperatorsCustody::open(folder, arguments, custody::Role::judge);
    if (!keeper) return keeper.error();
    judge = std::move(keeper).value();
    auto read = departments::DepartmentBook::load(folder);
    if (!read) return read.error();
    book = std::move(read).value();
    auto opened = open_hub_database(folder);
    if (!opened) return opened.error();
    database = std::move(opened).value();
    if (auto made = prepare_payload_parts(*database, clock.utc_ms()); !made) return made;
    ingest.emplace(*database, *keys, judge->judge(), clock, &book);
    return {};
  }
};

int let_out(const std::string& folder, const std::string& digest, const Arguments& arguments) {
  const Release release{arguments.value("by"), arguments.value("reason")};
  Intake intake;
  if (auto opened = intake.open(folder, arguments); !opened) return failed(opened.error());
  auto one = find_quarantined(*intake.database, digest);
  if (!one) return failed(one.error());
  auto receipt = intake.ingest->release(one->digest, release);
  if (!receipt) return failed(receipt.error());
  fmt::print("released {}: it is filed when the hub next looks, within a minute\n", to_hex(one->digest));
  return 0;
}

}  // namespace

int run_import(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() != 3) return exit_misuse;
  const std::filesystem::path file(words[2]);
  auto beside = file;
  const std::filesystem::path receipts =
      arguments.value("out", beside.replace_extension(stick::receipts_ending).string());
  Intake intake;
  if (auto opened = intake.open(words[1], arguments); !opened) return failed(opened.error());
  IngestBatch ingest(*intake.database, *intake.keys, intake.judge->judge(), intake.clock, &intake.book);
  auto report = import_stick(ingest, intake.clock, file, receipts, [](std::int64_t done) {
    if (done % import_told_each == 0) fmt::print(stderr, "{} records\n", done);
  });
  if (!report) return failed(report.error());
  const custody::Sealer sealer(words[1]);
  EmbeddedRegister department(*intake.database, sealer, intake.clock);
  auto opener = OperatorsCustody::open(words[1], arguments, custody::Role::open);
  if (!opener) return failed(opener.error());
  Filing filing(*intake.database, (*opener)->opener(), department);
  if (auto filed = filing.file_all(); !filed) return failed(filed.error());
  fmt::print("{} records, {} receipts in {}\n", report->records, report->receipts, receipts.string());
  for (const auto& [code, count] : report->refused) fmt::print("without a receipt: {} of {}\n", count, code);
  return 0;
}

int run_events(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() != 2) return exit_misuse;
  auto database = open_hub_database(words[1], database::Access::read_only);
  if (!database) return failed(database.error());
  std::int64_t after_id = 0;
  for (;;) {
    auto events = list_events(**database, after_id);
    if (!events) return failed(events.error());
    if (events->empty()) return 0;
    for (const OperatorEvent& event : *events) print_event(event, arguments.has("json"));
    after_id = events->back().id;
  }
}

int run_drop_payloads(const std::vector<std::string>& words, const Arguments& arguments) {
  constexpr std::int64_t day_ms = 86'400'000;
  constexpr std::int64_t days_max = 100'000;
  const auto days = parse_number(arguments.value("older-than"), 1, days_max);
  if (!days) return exit_misuse;
  auto database = open_hub_database(words[1]);
  if (!database) return failed(database.error());
  auto done = drop_payloads(**database, SystemClock().utc_ms() - *days * day_ms);
  return done ? 0 : failed(done.error());
}

int run_quarantine(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() == 3 && words[1] == "list") return list(words[2], arguments.has("json"));
  if (words.size() == 4 && words[1] == "show") return show(words[2], words[3]);
  if (words.size() != 4 || words[1] != "release") return exit_misuse;
  return let_out(words[2], words[3], arguments);
}

}  // namespace bianmin::hub
