// Terminal, agent and hub are killed with SIGKILL at random moments, again and again: at work, while a
// certificate is renewed, while a stick is imported. What was acknowledged is at the hub in the end, once.
// BIANMIN_KILLS says how often (20 unless told).
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "sync/agent/renewal.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/store/print_ledger.hpp"
#include "sync/store/stick_queue.hpp"
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

constexpr const char* records_per_round =
    "20";  // so that 2,000 rounds leave a journal that is quickly checked

// Every agent that starts with it renews it.
void put_certificate_that_ends_soon(const test::Site& site) {
  const auto authority = text_of(must(read_file(site.hub() / "ca.crt", 10'000)));
  const auto key = seal::PrivateKey::generate();
  seal::CertificateRequest request{"T-0001"};
  request.seconds = 600;
  const auto pem = must(seal::issue_certificate(
      authority, must(seal::PrivateKey::load(site.hub() / "ca.key")), key.public_key(), request));
  must(key.save(site.terminal() / "tls.key"));
  must(write_file_durably(site.terminal() / "tls.crt", view_of(pem)));
}

bool pair_is_whole(const test::Site& site) {
  const auto own = agent::tls_pair(site.terminal());
  const auto authority = text_of(must(read_file(site.terminal() / "ca.crt", 10'000)));
  const auto facts =
      must(seal::read_certificate(text_of(must(read_file(own.certificate, 10'000))), authority));
  return must(seal::PrivateKey::load(own.key)).public_point() == facts.point;
}

// Back to a certificate that ends soon, and killed while it is renewed.
void kill_while_renewing(test::Site& site, test::Process& agent, unsigned after_ms) {
  agent.stop(SIGKILL);
  std::filesystem::remove(site.terminal() / "tls");
  put_certificate_that_ends_soon(site);  // the last one may have ended
  agent = site.start_agent();
  pause_ms(after_ms);
  agent.stop(SIGKILL);
  CHECK(pair_is_whole(site));
}

// What waits goes out on a stick; its import is killed.
void kill_while_importing(const test::Site& site, const std::filesystem::path& stick, unsigned after_ms) {
  const auto enrolment = must(store::load_enrolment(site.terminal()));
  const auto journal = must(store::Journal::open(site.journal(), enrolment.identity, {}));
  store::Outbox outbox(*journal, enrolment.hub_receipt_key);
  must(store::export_queue(*journal, outbox, stick, SystemClock(), [](std::int64_t) {}));
  for (const auto& entry : std::filesystem::directory_iterator(stick)) {
    if (entry.path().extension() != stick::records_ending) continue;
    test::Process import({test::program("kiosk-hub"), "import", site.hub().string(), entry.path().string()},
                         stick / "import.err");
    pause_ms(after_ms);
    import.stop(SIGKILL);
  }
}

// Each file of the stick again, to the end, and its receipts home. Then the stick is empty.
void finish_stick(const test::Site& site, const std::filesystem::path& stick) {
  const auto enrolment = must(store::load_enrolment(site.terminal()));
  const auto journal = must(store::Journal::open(site.journal(), enrolment.identity, {}));
  store::Outbox outbox(*journal, enrolment.hub_receipt_key);
  for (const auto& entry : std::filesystem::directory_iterator(stick)) {
    auto receipts = entry.path();
    if (receipts.extension() != stick::records_ending) continue;
    const auto done = test::run_command(test::program("kiosk-hub") + " import " + site.hub().string() + " " +
                                        entry.path().string());
    INFO(done.output);
    CHECK(done.exit_code == 0);
    receipts.replace_extension(stick::receipts_ending);
    const auto settled = must(store::import_receipts(outbox, receipts, [](std::int64_t) {}));
    CHECK(settled.forged + settled.foreign == 0);
  }
  for (const auto& entry : std::filesystem::directory_iterator(stick)) std::filesystem::remove(entry.path());
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
  const test::TempFolder stick;
  put_certificate_that_ends_soon(site);
  const int kills = kill_count();
  for (int kill = 0; kill < kills; ++kill) {
    test::Process writer({test::program("journal_writer"), site.terminal().string(), records_per_round},
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
    if (kill % 10 == 3) kill_while_importing(site, stick.path(), static_cast<unsigned>(random() % 80));
    if (!hub.running()) hub = site.start_hub();
    if (kill % 10 == 8) kill_while_renewing(site, agent, static_cast<unsigned>(random() % 120));
    if (!agent.running()) agent = site.start_agent();
    if (kill % 50 == 49) finish_stick(site, stick.path());
  }
  CHECK(acknowledged.size() >= static_cast<std::size_t>(kills) / 4);

  const auto enrolment = must(store::load_enrolment(site.terminal()));
  const auto journal = must(store::Journal::open(site.journal(), enrolment.identity));
  finish_stick(site, stick.path());
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
