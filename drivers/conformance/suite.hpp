// What a device has to do to be a device of its kind, as a list of steps that only use the kind's interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/conformance/operator.hpp"
#include "drivers/device_state.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::conformance {

// Limits that several kinds share. A device that is slower is broken; one that is well never needs them.
constexpr std::int64_t start_limit_ms = 20'000;   // from plugged in to ready
constexpr std::int64_t state_limit_ms = 15'000;   // until a changed condition is told
constexpr std::int64_t replug_limit_ms = 45'000;  // several unplugs of one step
constexpr std::int64_t at_once_ms = 500;          // what needs no device
constexpr std::int64_t wait_ms = 1'500;           // so long a read without a card has to wait
constexpr std::int64_t row_limit_ms = 180'000;    // many of them in a row

// Where a step runs: it turns the loop, asks the operator, and knows how much of the step's time is left. The
// operator's time does not count. Thread-bound to the loop.
class Stage {
 public:
  Stage(EventLoop& loop, Operator& hands) : loop_(loop), operator_(hands) {}

  // An act that is known to be done already is not asked for again.
  Result<void> ask(Act act);
  Result<std::string> show_code(const std::string& text);
  Result<int> count_slips();
  Result<bool> sees_light(std::string_view place);

  // Turns the loop until `is_true`. False: the step's time is over.
  bool until(const std::function<bool()>& is_true);
  // The same within its own time, which is part of the step's.
  bool within(std::int64_t limit_ms, const std::function<bool()>& is_true);
  // Turns the loop for so long, unless the step's time is over before.
  void linger(std::int64_t ms) {
    loop_.run_once(0);
    (void)within(ms, [] { return false; });
  }

  void note(std::string text) { note_ = std::move(text); }  // a figure for the report

  void begin(std::int64_t limit_ms);
  std::string take_note() { return std::exchange(note_, {}); }
  std::int64_t took_ms() const;  // since begin(), without the operator's time

 private:
  template <typename Function>
  auto untimed(Function function);
  bool known_to_be_done(Act act);

  EventLoop& loop_;
  Operator& operator_;
  std::set<Act> done_;
  std::int64_t begun_ms_ = 0;
  std::int64_t until_ms_ = 0;
  std::string note_;
};

struct Step {
  std::string_view name;  // stable
  std::string_view what;  // one sentence for a person
  std::int64_t limit_ms = 0;
  // An error fails the step: with the device's own code, or "conformance.too_late", "conformance.wrong",
  // "conformance.ended_twice", "conformance.unknown_code"; "conformance.skipped" skips it.
  std::function<Result<void>(Stage&)> check;
};

struct Suite {
  std::string_view device;  // "id-card-reader"
  std::vector<Step> steps;  // when the first fails the others are skipped
  // After each step: whatever it left under way is called off.
  std::function<void(Stage&)> tidy;
  // A state's code outside of the public table that was seen since the last call.
  std::function<std::optional<std::string>()> stray_code;
};

enum class Verdict { passed, failed, skipped };
std::string_view verdict_name(Verdict verdict);

struct StepResult {
  std::string name;
  Verdict verdict = Verdict::passed;
  std::string code;    // of a failure
  std::string detail;  // of a failure, or why it was skipped; without personal data
  std::int64_t took_ms = 0;
  std::string note;
};

struct Report {
  std::string device;
  std::string identity;  // what was tried: "0400:c35a at 1-2"; may be empty
  std::vector<StepResult> steps;

  int count(Verdict verdict) const;
};

struct RunOptions {
  std::set<std::string> skip;                    // names of steps
  std::function<void(const Step&)> begins;       // may be empty
  std::function<void(const StepResult&)> ended;  // may be empty
};

Report run_suite(const Suite& suite, Stage& stage, const RunOptions& options = {});

// What checks share.

// The result of one call, kept until it has ended.
template <typename T>
struct Awaited {
  std::optional<Result<T>> result;
  int ends = 0;

  void end(Result<T> with) {
    ++ends;
    result = std::move(with);
  }
  bool ended() const { return ends > 0; }
};

Error too_late(std::string_view what, const DeviceState& state);
Error wrong(std::string detail);

// Waits for the end of a call and looks that it has only one.
template <typename T>
Result<void> wait_for_end(Stage& stage, const std::shared_ptr<Awaited<T>>& awaited, std::string_view what,
                          const std::function<DeviceState()>& state) {
  if (!stage.until([&] { return awaited->ended(); })) return too_late(what, state());
  if (awaited->ends > 1) return Error{Remedy::refuse, "conformance.ended_twice", std::string(what)};
  return {};
}

Result<void> become_ready(Stage& stage, const std::function<DeviceState()>& state);
Result<void> unplug_and_replug(Stage& stage, const std::function<DeviceState()>& state);

}  // namespace bianmin::conformance
