#include <fmt/format.h>

#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"

namespace bianmin::conformance {

namespace {

using cabinet::Light;
using cabinet::LightPlace;

constexpr std::int64_t light_limit_ms = 20'000;
constexpr std::int64_t shows_ms = 300;  // so long a light may take

class LightsChecks {
 public:
  LightsChecks(cabinet::GuideLights& lights, std::vector<LightPlace> places)
      : lights_(lights), places_(std::move(places)) {
    lights_.watch([codes = codes_](DeviceState state) { codes->see(state); });
  }
  ~LightsChecks() {
    lights_.watch(nullptr);
    all_off();
  }
  LightsChecks(const LightsChecks&) = delete;
  LightsChecks& operator=(const LightsChecks&) = delete;

  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage) {
    all_off();
    stage.linger(0);
  }

  Result<void> ready(Stage& stage) { return become_ready(stage, state_); }
  Result<void> alone(Stage& stage) {
    for (const LightPlace lit : places_) {
      all_off();
      lights_.set(lit, Light::on);
      if (auto right = look(stage, lit); !right) return right;
    }
    return {};
  }
  Result<void> dark(Stage& stage) {
    for (const LightPlace place : places_) lights_.set(place, Light::on);
    stage.linger(shows_ms);
    all_off();
    return look(stage, std::nullopt);
  }
  Result<void> replug(Stage& stage) {
    lights_.set(places_.front(), Light::on);
    if (auto back = unplug_and_replug(stage, state_); !back) return back;
    return look(stage, places_.front());
  }
  Result<void> blinks(Stage& stage) {
    lights_.set(places_.front(), Light::blink);
    stage.linger(3L * cabinet::blink_half_period_ms);
    lights_.set(places_.front(), Light::on);
    return look(stage, places_.front());
  }

 private:
  void all_off() {
    for (const LightPlace place : places_) lights_.set(place, Light::off);
  }
  // Only this one is lit.
  Result<void> look(Stage& stage, std::optional<LightPlace> lit) {
    stage.linger(shows_ms);
    for (const LightPlace place : places_) {
      const auto seen = stage.sees_light(cabinet::place_name(place));
      if (!seen) return seen.error();
      if (*seen != (place == lit))
        return wrong(fmt::format("the light {} is {}", cabinet::place_name(place), *seen ? "on" : "off"));
    }
    return {};
  }

  cabinet::GuideLights& lights_;
  const std::vector<LightPlace> places_;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return lights_.state(); };
};

}  // namespace

Suite lights_suite(cabinet::GuideLights& lights, std::vector<LightPlace> places) {
  const bool any = !places.empty();
  const auto checks = std::make_shared<LightsChecks>(lights, std::move(places));
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (LightsChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "guide-lights";
  suite.steps = {
      step("ready", "It becomes ready after it was plugged in.", start_limit_ms, &LightsChecks::ready)};
  if (any) {
    suite.steps.push_back(
        step("alone", "Each place's light is lit, and no other.", light_limit_ms, &LightsChecks::alone));
    suite.steps.push_back(step("dark", "All lights go out.", light_limit_ms, &LightsChecks::dark));
    suite.steps.push_back(step("blinks", "A light that has blinked can be steady again.", light_limit_ms,
                               &LightsChecks::blinks));
    suite.steps.push_back(step("replug", "Unplugged: absent; plugged in: lit again, without a restart.",
                               replug_limit_ms, &LightsChecks::replug));
  }
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
