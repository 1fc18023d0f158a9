#include "tests/sync/simulation/story.hpp"

#include <fmt/format.h>

#include "sync/store/kept_payloads.hpp"
#include "sync/store/verify_journal.hpp"

namespace bianmin::test {

namespace {

constexpr int steps_least = 12;
constexpr std::uint64_t steps_more = 28;
constexpr std::int64_t ask_deadline_ms = 8'000;
constexpr std::uint64_t cut_within_changes = 40;  // about what a save, an upload and a filing write together
constexpr std::uint64_t cut_within_boot = 10;
constexpr int settling_rounds_max = 400;

record::CaseRecord fresh_record(record::RecordKind kind, const std::string& case_no) {
  const store::FreshIds ids = store::fresh_ids();
  record::CaseRecord record;
  record.id = ids.id;
  record.kind = kind;
  record.service_id = "pension-confirmation";
  record.service_version = "1.0.0";
  record.created_utc_ms = 1'795'000'000'000;
  if (kind == record::RecordKind::service_case) {
    record.token = ids.token;
    record.person = {{"name", "赵秀兰"}, {"number", "11010519491231002X"}};
    record.answers = {{"who", "本人"}};
  } else {
    record.case_no = case_no;
  }
  if (kind == record::RecordKind::rating) record.answers = {{"level", "1"}};
  if (kind == record::RecordKind::document)
    record.document = record::Document{"application/pdf", Bytes(6'000, 'x')};
  return record;
}

}  // namespace

Story::Story(const World& world, const Simulation& simulation)
    : dice_(simulation.seed), crypto_(simulation.seed), hub_(world, clock_, simulation.planted) {
  const auto count = 1 + static_cast<int>(dice_.below(simulated_terminals_max));
  for (int index = 0; index < count; ++index) {
    const auto at = terminals_.size();
    terminals_.push_back(
        std::make_unique<SimulatedTerminal>(world, index, hub_, clock_, dice_, simulation.planted));
    terminals_.back()->network.while_waiting = [this, at] {
      if (!settling_ && dice_.chance(15) && !terminals_[at]->disk().off()) resident_saves(at);
    };
    boot(at);
  }
}

Outcome Story::run() {
  const auto steps = steps_least + static_cast<int>(dice_.below(steps_more));
  for (int count = 0; count < steps && outcome_.failure.empty(); ++count) {
    step();
    after_power_cuts();
    check_now();
  }
  if (outcome_.failure.empty()) settle();
  if (outcome_.failure.empty()) check_end();
  outcome_.told = static_cast<int>(told_.size());
  return std::move(outcome_);
}

void Story::step() {
  const std::size_t at = dice_.below(terminals_.size());
  const bool on = terminals_[at]->on();
  const auto what = dice_.below(100);
  if (what < 26 && on) {
    resident_saves(at);
  } else if (what < 36 && on) {
    resident_asks(at);
  } else if (what < 62 && on) {
    agent_works(at);
  } else if (what < 72) {
    change_network(at);
  } else if (what < 76) {
    tell(fmt::format("late requests of {} arrive", at));
    if (hub_.on()) terminals_[at]->network.deliver_late_ones();
  } else if (what < 82) {
    crash_something();
  } else if (what < 89) {
    arm_power_cut();
  } else if (what < 91 && on) {
    copy_or_restore(at);
  } else if (what < 94) {
    copy_or_restore_hub();
  } else if (what < 95 && on) {
    let_go(at);
  } else {
    const auto by_ms = static_cast<std::int64_t>(dice_.below(20'000));
    clock_.advance(by_ms);
    tell(fmt::format("{} ms go by", by_ms));
  }
  for (std::size_t each = 0; each < terminals_.size(); ++each) {
    if (terminals_[each]->on()) read_answers(each);
  }
}

void Story::resident_saves(std::size_t at) {
  std::vector<std::string> own_cases;
  for (const Told& told : told_) {
    if (told.terminal == at && told.kind == record::RecordKind::service_case)
      own_cases.push_back(told.case_no);
  }
  auto kind = record::RecordKind::service_case;
  std::string case_no;
  if (!own_cases.empty() && dice_.chance(25)) {
    case_no = own_cases[dice_.below(own_cases.size())];
    bool rated = dice_.chance(40);
    for (const Told& told : told_)
      rated |= told.case_no == case_no && told.kind == record::RecordKind::rating;
    kind = rated ? record::RecordKind::document : record::RecordKind::rating;
  }
  save(at, fresh_record(kind, case_no));
}

void Story::save(std::size_t at, const record::CaseRecord& record) {
  SimulatedTerminal& terminal = *terminals_[at];
  auto saved = terminal.save(record);
  if (!saved && !terminal.disk().off()) saved = terminal.save(record);  // what the screen does once more
  if (!saved) {
    tell(fmt::format("{} does not save: {}", at, saved.error().code));
    if (!terminal.disk().off()) fail(fmt::format("a save failed on a good disk: {}", saved.error().text()));
    return;
  }
  tell(fmt::format("{} saved {} {} as {}", at, static_cast<int>(record.kind), saved->case_no, saved->seq));
  told_.push_back({at, record.kind, record.id, saved->case_no, record.token, copy_ && copy_->terminal == at});
}

void Story::resident_asks(std::size_t at) {
  if (told_.empty()) return;
  const Told& told = told_[dice_.below(told_.size())];
  if (told.kind != record::RecordKind::service_case) return;
  const bool known = hub_readable() && at_hub(told) == 1;
  auto id = terminals_[at]->asks().ask(told.case_no, told.token, ask_deadline_ms);
  tell(fmt::format("{} asks for {}", at, told.case_no));
  if (id) asks_.push_back({at, *id, clock_.steady_ms() + ask_deadline_ms, known});
}

void Story::read_answers(std::size_t at) {
  std::erase_if(asks_, [&](const OpenAsk& ask) {
    if (ask.terminal != at) return false;
    auto answer = terminals_[at]->asks().answer(ask.id);
    if (terminals_[at]->disk().off()) return false;
    if (!answer) {
      // A reply that broke off in the middle is no answer, and the resident asks again.
      tell(fmt::format("{} cannot read its answer: {}", at, answer.error().code));
      return true;
    }
    if (!*answer) {
      if (clock_.steady_ms() > ask.deadline_ms) fail("a question is neither answered nor expired");
      return false;
    }
    tell(fmt::format("{} gets answer {} stage {}", at, static_cast<int>((*answer)->kind),
                     static_cast<int>((*answer)->state.stage)));
    const bool unknown = (*answer)->state.stage == record::CaseStage::unknown;
    if ((*answer)->kind == store::AnswerKind::answered && ask.known && unknown) {
      fail("the hub does not know a case that it has");
    }
    return true;
  });
}

void Story::agent_works(std::size_t at) {
  tell(fmt::format("agent {} works", at));
  if (dice_.chance(40)) terminals_[at]->agent().nudge();
  (void)terminals_[at]->agent().turn();
}

void Story::change_network(std::size_t at) {
  NetworkMood& mood = terminals_[at]->network.mood;
  mood = {};
  if (dice_.chance(60)) {
    mood.partitioned = dice_.chance(25);
    mood.loss_percent = static_cast<int>(dice_.below(40));
    mood.twice_percent = static_cast<int>(dice_.below(30));
    mood.late_percent = static_cast<int>(dice_.below(30));
    mood.cut_percent = static_cast<int>(dice_.below(30));
    mood.delay_most_ms = static_cast<std::int64_t>(dice_.below(16'000));
  }
  tell(fmt::format("network of {}: {} {} {} {} {} {}", at, mood.partitioned, mood.loss_percent,
                   mood.twice_percent, mood.late_percent, mood.cut_percent, mood.delay_most_ms));
}

void Story::crash_something() {
  const std::size_t at = dice_.below(terminals_.size());
  const auto what = dice_.below(3);
  if (what == 0 && hub_.on()) {
    tell("the hub's program dies");
    hub_.kill();
    if (!hub_.disk().off()) boot_hub();
  } else if (what == 1 && terminals_[at]->on()) {
    tell(fmt::format("agent {} dies", at));
    terminals_[at]->restart_agent();
  } else if (terminals_[at]->on()) {
    tell(fmt::format("terminal program {} dies", at));
    std::erase_if(asks_, [&](const OpenAsk& ask) { return ask.terminal == at; });
    terminals_[at]->restart_terminal();
  }
}

// The power goes in the middle of one of the next writes, or at once.
void Story::arm_power_cut() {
  const std::size_t at = dice_.below(terminals_.size() + 1);
  const bool the_hub = at == terminals_.size();
  CrashDisk& disk = the_hub ? hub_.disk() : terminals_[at]->disk();
  if (the_hub ? !hub_.on() : !terminals_[at]->on()) return;
  cut_soon(disk, cut_within_changes);
  tell(fmt::format("the power of {} goes soon", the_hub ? "the hub" : std::to_string(at)));
}

void Story::cut_soon(CrashDisk& disk, std::uint64_t within_changes) {
  disk.cut_at(disk.changes() + 1 + static_cast<std::int64_t>(dice_.below(within_changes)));
}

void Story::copy_or_restore(std::size_t at) {
  if (!copy_) {
    if (hub_copy_ || hub_restored_) return;  // what neither of them has nobody can bring back
    if (restored_.empty() && dice_.chance(50)) {
      tell(fmt::format("somebody copies the disk of {}", at));
      copy_ = Copy{at, terminals_[at]->disk().after_power_cut(dice_.number())};
    }
    return;
  }
  SimulatedTerminal& terminal = *terminals_[copy_->terminal];
  if (!terminal.on() || terminal.disk().off() || !hub_readable()) return;
  tell(fmt::format("the disk of {} is restored from the copy", copy_->terminal));
  // What was told since then and is not at the hub is gone with the disk: nothing can bring it back.
  std::erase_if(told_, [&](const Told& told) {
    return told.since_copy && told.terminal == copy_->terminal && at_hub(told) == 0;
  });
  std::erase_if(asks_, [&](const OpenAsk& ask) { return ask.terminal == copy_->terminal; });
  terminal.power_cut(dice_.number());
  terminal.replace_disk(std::move(copy_->disk));
  restored_.insert(copy_->terminal);
  copy_.reset();
  ++outcome_.restored_disks;
  boot(*restored_.begin());
}

void Story::copy_or_restore_hub() {
  if (copy_ || !restored_.empty() || hub_restored_) return;
  if (!hub_copy_) {
    tell("somebody copies the hub");
    hub_copy_ = hub_.disk().after_power_cut(dice_.number());
    return;
  }
  tell("the hub is restored from the copy");
  hub_.power_cut(dice_.number());
  hub_.replace_disk(std::move(*hub_copy_));
  hub_copy_.reset();
  hub_restored_ = true;
  ++outcome_.restored_hubs;
  for (OpenAsk& ask : asks_) ask.known = false;
  boot_hub();
}

// As when the disk is short of room. Not while a copy of the hub may need it.
void Story::let_go(std::size_t at) {
  if (hub_copy_ || hub_restored_) return;
  const auto gone = store::let_go_of_kept(terminals_[at]->journal(), {.bytes_max = 0}, clock_.utc_ms());
  tell(fmt::format("{} lets go of {} contents", at, gone ? *gone : -1));
}

void Story::after_power_cuts() {
  if (hub_.disk().off()) {
    ++outcome_.power_cuts;
    tell("the hub lost its power");
    hub_.power_cut(dice_.number());
  }
  if (!hub_.on() && (settling_ || dice_.chance(30))) boot_hub();
  for (std::size_t at = 0; at < terminals_.size(); ++at) {
    SimulatedTerminal& terminal = *terminals_[at];
    if (terminal.disk().off()) {
      ++outcome_.power_cuts;
      tell(fmt::format("{} lost its power", at));
      std::erase_if(asks_, [&](const OpenAsk& ask) { return ask.terminal == at; });
      terminal.power_cut(dice_.number());
    }
    if (!terminal.on() && (settling_ || dice_.chance(40))) boot(at);
  }
}

// Recovery writes too, so the power may go in the middle of it.
void Story::boot_hub() {
  if (!settling_ && dice_.chance(20)) cut_soon(hub_.disk(), cut_within_boot);
  const std::string code = hub_.boot();
  tell("the hub boots " + code);
  if (!code.empty() && !hub_.disk().off()) fail("the hub does not open its database: " + code);
}

void Story::boot(std::size_t at) {
  SimulatedTerminal& terminal = *terminals_[at];
  if (!settling_ && dice_.chance(20)) cut_soon(terminal.disk(), cut_within_boot);
  const std::string code = terminal.boot();
  tell(fmt::format("{} boots {}", at, code));
  if (!code.empty() && !terminal.disk().off())
    fail(fmt::format("the journal of {} does not open: {}", at, code));
}

// The network is well and nobody pulls a plug any more.
void Story::settle() {
  settling_ = true;
  hub_.disk().cut_at(0);
  for (const auto& terminal : terminals_) {
    terminal->network.mood = {};
    terminal->disk().cut_at(0);
  }
  tell("all is well again");
  after_power_cuts();
  if (hub_restored_) clock_.advance(agent::heads_interval_ms);  // until everybody has asked
  for (int round = 0; round < settling_rounds_max && outcome_.failure.empty(); ++round) {
    for (const auto& terminal : terminals_) {
      terminal->network.deliver_late_ones();
      while (terminal->agent().turn()) {
      }
    }
    for (std::size_t at = 0; at < terminals_.size(); ++at) read_answers(at);
    if (quiet()) return;
    clock_.advance(http::backoff_most_ms);
  }
  if (outcome_.failure.empty()) fail("it does not come to rest");
}

bool Story::quiet() {
  bool quiet = asks_.empty();
  for (const auto& terminal : terminals_) {
    quiet = quiet && must(terminal->journal().backlog()).waiting == 0 &&
            must(terminal->outbox().unaccepted_cases(1)).empty();
  }
  for (const Told& told : told_) quiet = quiet && (!hub_restored_ || at_hub(told) == 1);
  return quiet;
}

void Story::tell(std::string line) {
  outcome_.story += line;
  outcome_.story += '\n';
}

void Story::fail(std::string why) {
  tell("FAILED: " + why);
  if (outcome_.failure.empty()) outcome_.failure = std::move(why);
}

}  // namespace bianmin::test
