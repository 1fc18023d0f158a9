// kioskctl journal status, dead and retry: how a terminal's journal stands, and what the hub does not take.
#include <fmt/format.h>

#include "sync/store/dead_letters.hpp"
#include "sync/store/hub_clock.hpp"
#include "sync/store/hub_heads.hpp"
#include "sync/store/journal_recovery.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/journal_commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr int letters_max = 10'000;
constexpr int past_shown_max = 20;

struct Standing {
  store::Link link;
  store::Backlog backlog;
  std::optional<store::ClockOffset> clock;
  std::optional<store::Replacement> replaced;
  std::vector<store::NotedPast> past;
};

Result<Standing> standing_of(store::Journal& journal) {
  auto link = journal.link();
  if (!link) return link.error();
  auto backlog = journal.backlog();
  if (!backlog) return backlog.error();
  auto clock = store::read_clock_offset(journal);
  if (!clock) return clock.error();
  auto replaced = journal.replacement();
  if (!replaced) return replaced.error();
  auto past = store::HubHeads::noted(journal, past_shown_max);
  if (!past) return past.error();
  return Standing{*link, *backlog, *clock, *replaced, std::move(*past)};
}

Json to_json(const Standing& now) {
  Json out = {{"online", now.link.online},
              {"since_utc_ms", now.link.since_utc_ms},
              {"code", now.link.code},
              {"waiting", now.backlog.waiting},
              {"refused", now.backlog.refused},
              {"clock", nullptr},
              {"replaced", nullptr},
              {"hub_past", Json::array()}};
  if (now.clock) {
    out["clock"] = {{"offset_ms", now.clock->offset_ms},
                    {"measured_utc_ms", now.clock->measured_utc_ms},
                    {"code", now.clock->code}};
  }
  if (now.replaced) {
    out["replaced"] = {{"epoch", now.replaced->epoch_before},
                       {"code", now.replaced->reason},
                       {"salvaged", now.replaced->salvaged_records}};
  }
  for (const store::NotedPast& past : now.past) {
    out["hub_past"].push_back({{"utc_ms", past.utc_ms},
                               {"code", past.code},
                               {"epoch", past.epoch},
                               {"head_seq", past.head_seq},
                               {"queued", past.queued},
                               {"lost", past.lost}});
  }
  return out;
}

void print_text(const Standing& now) {
  const auto with_code = [](const std::string& code) { return code.empty() ? code : ": " + code; };
  fmt::print("{}{}\n", now.link.online ? "online" : "offline", with_code(now.link.code));
  fmt::print("{} waiting for the hub, {} refused by it\n", now.backlog.waiting, now.backlog.refused);
  if (now.clock) {
    const double seconds = static_cast<double>(now.clock->offset_ms) / 1000;
    fmt::print("the hub's clock is {:+.1f} s from this one{}\n", seconds, with_code(now.clock->code));
  }
  if (now.replaced) {
    fmt::print("took the place of a damaged journal of life {} ({}); {} of its records were readable\n",
               now.replaced->epoch_before, now.replaced->reason, now.replaced->salvaged_records);
  }
  for (const store::NotedPast& past : now.past) {
    if (past.code == "hub.contradicts") {
      fmt::print(
          "{}: the hub has another record {}:{} than this terminal; operators have to look, then retry\n",
          local_stamp(past.utc_ms), past.epoch, past.head_seq);
    } else {
      fmt::print("{}: the hub had lost records of life {} (its head: {}): {} sent again, {} gone here too\n",
                 local_stamp(past.utc_ms), past.epoch, past.head_seq, past.queued, past.lost);
    }
  }
}

Json to_json(const store::DeadLetter& letter) {
  return {{"epoch", letter.epoch},
          {"seq", letter.seq},
          {"case_no", letter.case_no},
          {"created_utc_ms", letter.created_utc_ms},
          {"code", letter.code}};
}

}  // namespace

std::filesystem::path journal_keys(const Arguments& arguments) {
  const std::filesystem::path file = arguments.value("journal", "journal.db");
  return arguments.value("keys", file.parent_path().string());
}

Result<std::unique_ptr<store::Journal>> open_journal(const Arguments& arguments) {
  return store::open_journal(arguments.value("journal", "journal.db"), journal_keys(arguments));
}

int journal_status(const Arguments& arguments) {
  auto journal = store::Journal::open_to_look(arguments.value("journal", "journal.db"));
  if (!journal) return fail(journal.error());
  const auto now = standing_of(**journal);
  if (!now) return fail(now.error());
  if (arguments.has("json")) {
    fmt::print("{}\n", json_text(to_json(*now), true));
  } else {
    print_text(*now);
  }
  return exit_ok;
}

int journal_dead(const Arguments& arguments) {
  auto journal = store::Journal::open_to_look(arguments.value("journal", "journal.db"));
  if (!journal) return fail(journal.error());
  const auto letters = store::dead_letters(**journal, letters_max);
  if (!letters) return fail(letters.error());
  Json all = Json::array();
  for (const store::DeadLetter& letter : *letters) {
    all.push_back(to_json(letter));
    if (arguments.has("json")) continue;
    fmt::print("{}:{}\t{}\t{}\t{}\n", letter.epoch, letter.seq, letter.case_no,
               local_stamp(letter.created_utc_ms), letter.code);
  }
  if (arguments.has("json")) fmt::print("{}\n", json_text(all, true));
  return exit_ok;
}

int journal_retry(const Arguments& arguments) {
  const std::string& which = arguments.words()[1];
  const std::size_t colon = which.find(':');
  const auto epoch = parse_number(which.substr(0, colon), 1, INT64_MAX);
  const auto seq = parse_number(colon == std::string::npos ? "" : which.substr(colon + 1), 1, INT64_MAX);
  if (!epoch || !seq) return exit_usage;
  auto journal = open_journal(arguments);
  if (!journal) return fail(journal.error());
  const auto done = store::retry_dead_letter(**journal, static_cast<std::uint64_t>(*epoch),
                                             static_cast<std::uint64_t>(*seq));
  return done ? static_cast<int>(exit_ok) : fail(done.error());
}

}  // namespace bianmin::kioskctl
