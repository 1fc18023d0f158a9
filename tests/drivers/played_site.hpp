// Where a test runs a suite on devices that it plays itself: a clock that jumps, and hands that are
// functions.
#pragma once

#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "tests/catch.hpp"
#include "tests/drivers/played_operator.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace bianmin {

// Waiting is what moves the clock.
class JumpingWaiter : public Waiter {
 public:
  explicit JumpingWaiter(FakeClock& clock) : clock_(clock) {}
  void wait(int timeout_ms, std::span<pollfd>) override { clock_.advance(timeout_ms); }
  void wake() override {}
  bool supports_fds() const override { return false; }

 private:
  FakeClock& clock_;
};

struct PlayedSite {
  FakeClock clock;
  EventLoop loop{clock, std::make_unique<JumpingWaiter>(clock)};
  PlayedOperator hands;
  conformance::Stage stage{loop, hands};
  conformance::RunOptions options;

  conformance::Report run(const conformance::Suite& suite) {
    return conformance::run_suite(suite, stage, options);
  }
};

inline const conformance::StepResult& step_of(const conformance::Report& report, std::string_view name) {
  for (const conformance::StepResult& step : report.steps) {
    if (step.name == name) return step;
  }
  FAIL("no step " << name);
  return report.steps.front();
}

// The names of the steps that failed.
inline std::vector<std::string> failed_steps(const conformance::Report& report) {
  std::vector<std::string> names;
  for (const conformance::StepResult& step : report.steps) {
    if (step.verdict == conformance::Verdict::failed) names.push_back(step.name);
  }
  return names;
}

}  // namespace bianmin
