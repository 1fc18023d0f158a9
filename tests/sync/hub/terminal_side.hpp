// What the terminal process does to a site's journal, done by a test while the real agent and hub run.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "sync/store/verify_journal.hpp"
#include "sync/store/wake_up.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

inline constexpr int patience_ms = 30'000;

// The terminal's side of a site, in this process.
struct TerminalSide {
  explicit TerminalSide(const test::Site& from)
      : site(from),
        enrolment(must(store::load_enrolment(site.terminal()))),
        journal(must(store::Journal::open(site.journal(), enrolment.identity))) {}

  store::Saved save(const record::CaseRecord& record) {
    auto saved = must(store::RecordWriter(*journal, enrolment).save(record));
    wake_agent();
    return saved;
  }
  void wake_agent() const { store::WakeUp::send(site.terminal() / "agent.wake"); }
  bool wait(const std::function<bool()>& reached, int timeout_ms = patience_ms) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (!reached()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  store::RecordState state_of(const std::string& case_no) const {
    return must(journal->find_case(case_no))->state;
  }
  bool wait_for(const std::string& case_no, store::RecordState state, int timeout_ms = patience_ms) const {
    return wait([&] { return state_of(case_no) == state; }, timeout_ms);
  }
  void check_exactly(std::int64_t records) const {
    const Json report = site.report();
    INFO(report.dump());
    CHECK(report["records"] == records);
    CHECK(report["duplicates"] == 0);
    CHECK(report["gaps"] == 0);
    CHECK(report["quarantined"] == 0);
    CHECK(must(store::verify_journal(site.journal(), enrolment.device_key.public_key(),
                                     enrolment.hub_receipt_key))
              .clean());
  }

  const test::Site& site;
  store::Enrolment enrolment;
  std::unique_ptr<store::Journal> journal;
  SystemClock clock;
};

}  // namespace bianmin::test
