#include "drivers/conformance/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bianmin::conformance {

namespace {

constexpr std::int64_t turn_ms = 20;

// Of the acts in one row only one can be true at a time.
const std::vector<std::set<Act>>& alternatives() {
  static const std::vector<std::set<Act>> list = {
      {Act::plug, Act::unplug, Act::unplug_during},
      {Act::put_card, Act::take_card, Act::take_card_during},
      {Act::load_paper, Act::remove_paper, Act::remove_paper_during},
      {Act::close_cover, Act::open_cover, Act::open_cover_during},
      {Act::block_cutter, Act::free_cutter},
      {Act::jam_page, Act::clear_jam},
      {Act::uncover_camera, Act::cover_camera},
      {Act::open_door, Act::close_door},
      {Act::begin_tamper, Act::end_tamper},
      {Act::restore_mains, Act::cut_mains},
  };
  return list;
}

// Its effect stays until another act of its row; what is done in passing is asked for each time.
bool lasts(Act act) {
  static const std::set<Act> lasting = {
      Act::plug,         Act::unplug,         Act::put_card,      Act::take_card,
      Act::remove_paper, Act::uncover_camera, Act::cover_camera,  Act::load_paper,
      Act::open_cover,   Act::close_cover,    Act::restore_mains, Act::cut_mains,
      Act::open_door,    Act::close_door,     Act::begin_tamper,  Act::end_tamper};
  return lasting.contains(act);
}

}  // namespace

bool Stage::known_to_be_done(Act act) {
  if (done_.contains(act)) return true;
  for (const std::set<Act>& row : alternatives()) {
    if (!row.contains(act)) continue;
    for (const Act other : row) done_.erase(other);
  }
  return false;
}

template <typename Function>
auto Stage::untimed(Function function) {
  const std::int64_t before_ms = loop_.clock().steady_ms();
  auto result = function();
  const std::int64_t spent_ms = loop_.clock().steady_ms() - before_ms;
  begun_ms_ += spent_ms;
  until_ms_ += spent_ms;
  return result;
}

Result<void> Stage::ask(Act act) {
  if (known_to_be_done(act)) return {};
  auto asked = untimed([&] { return operator_.act(act); });
  if (asked && lasts(act)) done_.insert(act);
  return asked;
}

Result<std::string> Stage::show_code(const std::string& text) {
  return untimed([&] { return operator_.show_code(text); });
}

Result<int> Stage::count_slips() {
  return untimed([&] { return operator_.count_slips(); });
}

Result<bool> Stage::sees_light(std::string_view place) {
  return untimed([&] { return operator_.sees_light(place); });
}

bool Stage::until(const std::function<bool()>& is_true) {
  return within(until_ms_ - loop_.clock().steady_ms(), is_true);
}

bool Stage::within(std::int64_t limit_ms, const std::function<bool()>& is_true) {
  const std::int64_t end_ms = std::min(loop_.clock().steady_ms() + limit_ms, until_ms_);
  while (!is_true()) {
    const std::int64_t left_ms = end_ms - loop_.clock().steady_ms();
    if (left_ms <= 0) return false;
    loop_.run_once(std::min(left_ms, turn_ms));
  }
  return true;
}

void Stage::begin(std::int64_t limit_ms) {
  begun_ms_ = loop_.clock().steady_ms();
  until_ms_ = begun_ms_ + limit_ms;
}

std::int64_t Stage::took_ms() const { return loop_.clock().steady_ms() - begun_ms_; }

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::skipped:
      break;
  }
  return "skipped";
}

int Report::count(Verdict verdict) const {
  return static_cast<int>(std::count_if(
      steps.begin(), steps.end(), [verdict](const StepResult& step) { return step.verdict == verdict; }));
}

namespace {

StepResult run_step(const Suite& suite, const Step& step, Stage& stage) {
  stage.begin(step.limit_ms);
  Result<void> ended = step.check(stage);
  StepResult result;
  result.name = step.name;
  result.took_ms = stage.took_ms();
  result.note = stage.take_note();
  if (const auto stray = suite.stray_code(); stray && ended) {
    ended = Error{Remedy::refuse, "conformance.unknown_code", *stray + " is no public code of such a state"};
  }
  stage.begin(step.limit_ms);
  suite.tidy(stage);
  if (ended) return result;
  const bool skipped = ended.error().code == "conformance.skipped";
  result.verdict = skipped ? Verdict::skipped : Verdict::failed;
  if (!skipped) result.code = ended.error().code;
  result.detail = ended.error().detail;
  return result;
}

}  // namespace

Report run_suite(const Suite& suite, Stage& stage, const RunOptions& options) {
  Report report;
  report.device = suite.device;
  bool hopeless = false;
  for (const Step& step : suite.steps) {
    StepResult result;
    result.name = step.name;
    result.verdict = Verdict::skipped;
    if (options.skip.contains(std::string(step.name))) {
      result.detail = "by request";
    } else if (hopeless) {
      result.detail = "the first step failed";
    } else {
      if (options.begins) options.begins(step);
      result = run_step(suite, step, stage);
    }
    hopeless = hopeless || (&step == &suite.steps.front() && result.verdict == Verdict::failed);
    if (options.ended) options.ended(result);
    report.steps.push_back(std::move(result));
  }
  return report;
}

Error too_late(std::string_view what, const DeviceState& state) {
  return {Remedy::retry_later, "conformance.too_late",
          fmt::format("{}; the device is {} ({})", what, condition_name(state.condition), state.code)};
}

Error wrong(std::string detail) { return {Remedy::refuse, "conformance.wrong", std::move(detail)}; }

Result<void> become_ready(Stage& stage, const std::function<DeviceState()>& state) {
  if (auto asked = stage.ask(Act::plug); !asked) return asked;
  if (!stage.until([&] { return state().usable(); })) return too_late("not ready in time", state());
  return {};
}

Result<void> unplug_and_replug(Stage& stage, const std::function<DeviceState()>& state) {
  if (auto asked = stage.ask(Act::unplug); !asked) return asked;
  if (!stage.until([&] { return state().condition == DeviceCondition::absent; })) {
    const Error late = too_late("unplugged, and not told as absent in time", state());
    (void)stage.ask(Act::plug);  // for the steps that follow
    return late;
  }
  return become_ready(stage, state);
}

}  // namespace bianmin::conformance
