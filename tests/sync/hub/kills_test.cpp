// Terminal, agent and hub are killed with SIGKILL at random moments, again and again. What was acknowledged
// is at the hub in the end, once. BIANMIN_KILLS says how often (20 unless told).
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "sync/hub/hub_store.hpp"
#include "sync/store/print_ledger.hpp"
#include "sync/store/verify_journal.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/support.hpp"

namespace bianmin {

using test::must;

namespace {

int kill_count() {
  const char* text = std::getenv("BIANMIN_KILLS");
  return text != nullptr ? std::max(1, std::atoi(text)) : 20;
}

void pause_ms(unsigned milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

// Until the agent has nothing left to send, or `timeout_ms` is over.
bool wait_until_sent(store::Journal& journal, int timeout_ms) {
  for (int waited_ms = 0; waited_ms < timeout_ms; waited_ms += 50) {
    const auto open = must(
        journal.database().prepare("SELECT count(*) FROM record WHERE state IN ('saved', 'sent')").number());
    if (open == 0) return true;
    pause_ms(50);
  }
  return false;
}

std::set<std::string> cases_at(const test::Site& site) {
  const auto database = must(hub::open_hub_database(site.hub(), database::Access::read_only));
  auto query = database->prepare("SELECT case_no FROM record WHERE kind = 1 AND code = ''");
  std::set<std::string> cases;
  while (must(query.step())) cases.insert(query.text(0));
  return cases;
}

}  // namespace

TEST_CASE("killed at random moments: nothing acknowledged is lost, nothing is doubled") {
  test::Site site;
  std::mt19937 random(std::random_device{}());
  std::set<std::string> acknowledged;
  test::Process hub = site.start_hub();
  test::Process agent = site.start_agent();
  const int kills = kill_count();
  for (int kill = 0; kill < kills; ++kill) {
    test::Process writer({test::program("journal_writer"), site.terminal().string(), "1000000"},
                         site.terminal() / "writer.err");
    // The first kills may hit the start-up, later ones the work.
    if (kill % 4 != 0) (void)writer.wait_for_line("saved ");
    pause_ms(static_cast<unsigned>(random() % 60));
    if (kill % 3 == 0) agent.stop(SIGKILL);
    if (kill % 3 == 1) hub.stop(SIGKILL);
    writer.stop(SIGKILL);
    for (const auto& line : writer.lines_so_far()) {
      const auto words = line.substr(line.find(' ') + 1);
      acknowledged.insert(words.substr(0, words.find(' ')));
    }
    if (!hub.running()) hub = site.start_hub();
    if (!agent.running()) agent = site.start_agent();
  }
  CHECK(acknowledged.size() >= static_cast<std::size_t>(kills) / 4);

  const auto enrolment = must(store::load_enrolment(site.terminal()));
  const auto journal = must(store::Journal::open(site.journal(), enrolment.identity));
  agent.stop(SIGKILL);  // a fresh one, without the back-off of the last outage
  agent = site.start_agent();
  CHECK(wait_until_sent(*journal, 60'000));
  CHECK(agent.stop(SIGTERM) == 0);
  CHECK(hub.stop(SIGTERM) == 0);

  const auto verified = must(
      store::verify_journal(site.journal(), enrolment.device_key.public_key(), enrolment.hub_receipt_key));
  CHECK(verified.clean());
  CHECK(verified.refused == 0);
  const Json report = site.report();
  INFO(report.dump());
  CHECK(report["records"] == verified.records);
  CHECK(report["duplicates"] == 0);
  CHECK(report["gaps"] == 0);
  CHECK(report["refused"] == 0);
  CHECK(report["quarantined"] == 0);
  CHECK(report["accepted"] == verified.records);
  const auto arrived = cases_at(site);
  for (const auto& case_no : acknowledged) {
    INFO(case_no);
    REQUIRE(arrived.contains(case_no));
  }
  CHECK(test::run_command("test ! -s " + (site.terminal() / "writer.err").string()).exit_code == 0);
}

}  // namespace bianmin
