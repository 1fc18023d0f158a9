// What has to be true of a story, at every step and at its end.
#include <fmt/format.h>

#include "sync/store/verify_journal.hpp"
#include "tests/sync/simulation/story.hpp"

namespace bianmin::test {

void Story::check_now() {
  if (!outcome_.failure.empty()) return;
  if (hub_readable()) check_hub();
  for (const Told& told : told_) {
    if (outcome_.failure.empty()) check_told(told);
  }
}

std::int64_t Story::count_at_hub(std::string_view sql) { return must(hub_.database().prepare(sql).number()); }

void Story::check_hub() {
  const auto doubled = count_at_hub(
      "SELECT (SELECT count(*) - count(DISTINCT envelope) FROM record) + "
      "(SELECT count(*) - count(DISTINCT record_id) FROM department_entry)");
  if (doubled != 0) fail("the hub has a record twice");
  auto quarantined = hub_.database().prepare("SELECT terminal_id, seq, code FROM quarantine");
  if (restored_.empty() && must(quarantined.step())) {
    fail(fmt::format("nobody has copied a disk, and record {} of {} is in quarantine: {}",
                     quarantined.integer(1), quarantined.text(0), quarantined.text(2)));
  }
  // A rating that was on the disk when the power went was not told to be saved, and is given again.
  auto refused =
      hub_.database().prepare("SELECT code FROM record WHERE code NOT IN ('', 'hub.already_rated') LIMIT 1");
  if (restored_.empty() && must(refused.step())) {
    fail("the hub has refused a record of an honest terminal: " + refused.text(0));
  }
}

std::int64_t Story::at_hub(const Told& told) {
  auto query = hub_.database().prepare(
      "SELECT count(*) FROM record WHERE record_id = ? AND code IN ('', 'hub.already_rated')");
  return must(query.bind(ByteView(told.id)).number());
}

std::string Story::state_in_journal(const Told& told) {
  auto query = terminals_[told.terminal]->journal().database().prepare(
      "SELECT state, payload IS NULL FROM record WHERE record_id = ?");
  if (!must(query.bind(ByteView(told.id)).step())) return "gone";
  return query.text(0) + (query.integer(1) != 0 ? "" : "+payload");
}

// It waits in the journal with its payload, or the hub has it. A hub that was restored may have lost it: then
// the journal still has the payload.
void Story::check_told(const Told& told) {
  const SimulatedTerminal& terminal = *terminals_[told.terminal];
  if (!terminal.on() || const_cast<SimulatedTerminal&>(terminal).disk().off()) return;
  if (restored_.contains(told.terminal)) return;  // its journal is another one; the end tells
  const std::string state = state_in_journal(told);
  const bool settled = state.starts_with("sent") || state.starts_with("accepted");
  if (state.ends_with("+payload") && (!settled || hub_restored_)) return;
  if (state == "gone") fail(fmt::format("{} was told to be saved and is not in the journal", told.case_no));
  if (state != "gone" && hub_readable() && at_hub(told) != 1) {
    fail(fmt::format("{} is {} in the journal, and the hub does not have it", told.case_no, state));
  }
}

void Story::check_end() {
  check_hub();
  for (const Told& told : told_) {
    auto held = hub_.database().prepare(
        "SELECT (SELECT count(*) FROM record WHERE record_id = ?1) + "
        "(SELECT count(*) FROM quarantine WHERE instr(envelope, ?1) > 0)");
    const auto kept = must(held.bind(ByteView(told.id)).number());
    const bool copied = restored_.contains(told.terminal);
    if (copied ? kept == 0 : at_hub(told) != 1) {
      fail(fmt::format("{} was told to be saved and the hub has it {} times", told.case_no, kept));
      return;
    }
  }
  const auto unfiled = count_at_hub("SELECT count(*) FROM record WHERE code = '' AND filed = 0");
  if (unfiled != 0) fail("a record has no department at the end");
  for (const auto& terminal : terminals_) {
    const auto report =
        must(store::verify_journal(simulated_journal, terminal->enrolment().device_key.public_key(),
                                   terminal->enrolment().hub_receipt_key, terminal->vfs_name()));
    if (!report.clean()) {
      fail(fmt::format("a journal is wrong at the end: {} at {}", report.problems[0].code,
                       report.problems[0].seq));
    }
    const auto rated_twice = must(terminal->journal()
                                      .database()
                                      .prepare("SELECT count(*) FROM record WHERE code = 'hub.already_rated'")
                                      .number());
    outcome_.healed += static_cast<int>(
        must(terminal->journal().database().prepare("SELECT count(*) FROM earlier_receipt").number()));
    if (restored_.empty() && report.refused != rated_twice)
      fail("a record of an honest terminal was set aside");
  }
}

Outcome run_simulation(const Simulation& simulation) {
  static const World world;
  return Story(world, simulation).run();
}

}  // namespace bianmin::test
