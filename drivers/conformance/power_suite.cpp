#include <fmt/format.h>

#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/power/power_supply.hpp"

namespace bianmin::conformance {

namespace {

constexpr std::int64_t change_limit_ms = 20'000;  // a supply asked every five seconds, twice
constexpr std::int64_t flicker_limit_ms = 60'000;
constexpr int flicker_count = 5;

// Switching the power off is no step: whoever tries it stands on that power.
class PowerChecks {
 public:
  explicit PowerChecks(power::PowerSupply& ups) : ups_(ups) {
    ups_.watch([codes = codes_](DeviceState state) { codes->see(state); });
  }
  ~PowerChecks() { ups_.watch(nullptr); }
  PowerChecks(const PowerChecks&) = delete;
  PowerChecks& operator=(const PowerChecks&) = delete;

  std::optional<std::string> stray_code() { return codes_->take(); }

  Result<void> ready(Stage& stage) {
    if (auto asked = stage.ask(Act::restore_mains); !asked) return asked;
    return become_ready(stage, state_);
  }
  Result<void> figures(Stage& stage) {
    const auto known = [this] { return ups_.status().charge_percent || ups_.status().run_time_s; };
    if (!stage.until(known))
      return Error{Remedy::refuse, "conformance.skipped", "it tells neither charge nor time"};
    stage.note(fmt::format("{} %, {} s", ups_.status().charge_percent.value_or(-1),
                           ups_.status().run_time_s.value_or(-1)));
    return {};
  }
  Result<void> cut(Stage& stage) {
    if (auto asked = stage.ask(Act::cut_mains); !asked) return asked;
    return become(stage, true);
  }
  Result<void> back(Stage& stage) {
    if (auto asked = stage.ask(Act::restore_mains); !asked) return asked;
    return become(stage, false);
  }
  Result<void> flicker(Stage& stage) {
    for (int i = 0; i < flicker_count; ++i) {
      if (auto gone = cut(stage); !gone) return gone;
      if (auto there = back(stage); !there) return there;
    }
    return {};
  }
  Result<void> replug(Stage& stage) {
    if (auto asked = stage.ask(Act::restore_mains); !asked) return asked;
    if (auto there = unplug_and_replug(stage, state_); !there) return there;
    return become(stage, false);
  }
  Result<void> replug_on_battery(Stage& stage) {
    if (auto asked = stage.ask(Act::cut_mains); !asked) return asked;
    if (auto gone = become(stage, true); !gone) return gone;
    if (auto there = unplug_and_replug(stage, state_); !there) return there;
    if (auto still = become(stage, true); !still) return still;
    return back(stage);
  }
  Result<void> unplugged_during(Stage& stage) {
    if (auto asked = stage.ask(Act::unplug_during); !asked) return asked;
    if (!stage.until([this] { return ups_.state().condition == DeviceCondition::absent; })) {
      return too_late("unplugged, not told", ups_.state());
    }
    return become_ready(stage, state_);
  }

 private:
  // What the state says and what the figures say are one.
  Result<void> become(Stage& stage, bool on_battery) {
    const auto is = [this, on_battery] {
      const std::string_view code = ups_.state().code;
      const bool told = code == "ups.on_battery" || code == "ups.battery_low";
      return ups_.state().usable() && told == on_battery && ups_.status().on_battery == on_battery;
    };
    if (stage.until(is)) return {};
    return too_late(on_battery ? "mains is cut, not told" : "mains is back, not told", ups_.state());
  }

  power::PowerSupply& ups_;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return ups_.state(); };
};

}  // namespace

Suite power_suite(power::PowerSupply& ups) {
  const auto checks = std::make_shared<PowerChecks>(ups);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (PowerChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "ups";
  suite.steps = {
      step("ready", "It becomes ready after it was plugged in.", start_limit_ms, &PowerChecks::ready),
      step("figures", "It tells the charge of its battery, or how long it lasts.", change_limit_ms,
           &PowerChecks::figures),
      step("cut", "Mains is cut: it lives on its battery.", change_limit_ms, &PowerChecks::cut),
      step("back", "Mains is back: it is ready.", change_limit_ms, &PowerChecks::back),
      step("flicker", "Cut and back five times, each told.", flicker_limit_ms, &PowerChecks::flicker),
      step("replug", "Unplugged: absent; plugged in: ready, without a restart.", replug_limit_ms,
           &PowerChecks::replug),
      step("replug-on-battery", "Plugged in while mains is cut: it says so.", replug_limit_ms,
           &PowerChecks::replug_on_battery),
      step("unplugged-during", "Unplugged in the middle of a question: absent, then ready again.",
           replug_limit_ms, &PowerChecks::unplugged_during),
  };
  suite.tidy = [](Stage& stage) { stage.linger(0); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
