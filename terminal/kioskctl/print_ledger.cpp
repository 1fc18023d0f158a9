// kioskctl print-ledger FILE [--last N] [--json]
#include <array>
#include <cstdio>

#include "sync/store/print_ledger.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t jobs_max = 1'000;
constexpr std::array states = {store::PrintState::intended, store::PrintState::sending,
                               store::PrintState::printed,  store::PrintState::doubtful,
                               store::PrintState::failed,   store::PrintState::cancelled};

std::int64_t count_of(const store::LedgerReport& report, store::PrintState state) {
  return report.counts[static_cast<std::size_t>(state)];
}

void print_json(const store::LedgerReport& report) {
  Json out = {{"paper_hangs", report.paper_hangs}};
  for (const store::PrintState state : states)
    out["counts"][std::string(store::print_state_name(state))] = count_of(report, state);
  out["jobs"] = Json::array();
  for (const store::PrintJob& job : report.jobs) {
    out["jobs"].push_back({{"id", job.id},
                           {"case", job.case_no},
                           {"paper", std::string(store::print_paper_name(job.paper))},
                           {"state", std::string(store::print_state_name(job.state))},
                           {"changed_utc_ms", job.changed_utc_ms},
                           {"untaken", std::string(store::untaken_name(job.untaken))}});
  }
  std::printf("%s\n", json_text(out, true).c_str());
}

const char* fate_of(store::Untaken untaken) {
  if (untaken == store::Untaken::retracted) return ", not taken, the printer took it in";
  return untaken == store::Untaken::kept ? ", not taken, left at the printer" : "";
}

void print_text(const store::LedgerReport& report) {
  for (const store::PrintJob& job : report.jobs) {
    std::printf("%s\t%s\t%s\t%s%s\n", local_stamp(job.changed_utc_ms).c_str(), job.id.c_str(),
                std::string(store::print_paper_name(job.paper)).c_str(),
                std::string(store::print_state_name(job.state)).c_str(), fate_of(job.untaken));
  }
  for (const store::PrintState state : states) {
    std::printf("%s%lld %s", state == states.front() ? "" : ", ",
                static_cast<long long>(count_of(report, state)),
                std::string(store::print_state_name(state)).c_str());
  }
  std::printf("\n%s\n", report.paper_hangs
                            ? "a piece of a slip may hang in the printer: it is cut off before the next one"
                            : "nothing hangs in the printer");
}

int print_ledger(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"last", true}, {"json", false}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  const auto last = parse_number(arguments->value("last", "20"), 0, jobs_max);
  if (arguments->words().size() != 1 || !last) return exit_usage;
  const auto report = store::read_print_ledger(arguments->words()[0], static_cast<int>(*last));
  if (!report) return fail(report.error());
  arguments->has("json") ? print_json(*report) : print_text(*report);
  return count_of(*report, store::PrintState::doubtful) == 0 ? exit_ok : exit_no;
}

}  // namespace

const Command print_ledger_command = {"print-ledger", "FILE [--last N] [--json]",
                                      "what was to be printed, and what is known of it", print_ledger,
                                      "  FILE is a terminal's journal.db; it may be in use. Reads only. Exit "
                                      "code 1: there are papers of which nobody\n"
                                      "  knows whether they are whole.\n"
                                      "  --last N    so many jobs, the newest first (20)\n"};

}  // namespace bianmin::kioskctl
