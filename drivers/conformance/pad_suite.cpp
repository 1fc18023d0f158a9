#include <fmt/format.h>

#include <algorithm>

#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/pad/key_pad.hpp"

namespace bianmin::conformance {

namespace {

using pad::PadKey;

constexpr std::int64_t key_limit_ms = 5'000;
constexpr std::int64_t no_key_ms = 700;
constexpr int keys_in_a_row = 10;

Act act_of(PadKey key) {
  switch (key) {
    case PadKey::previous:
      return Act::press_previous;
    case PadKey::next:
      return Act::press_next;
    case PadKey::confirm:
      return Act::press_confirm;
    case PadKey::back:
      return Act::press_back;
    case PadKey::help:
      break;
  }
  return Act::press_help;
}

class PadChecks {
 public:
  explicit PadChecks(pad::KeyPad& pad) : pad_(pad) {
    pad_.watch([codes = codes_](DeviceState state) { codes->see(state); });
  }
  ~PadChecks() {
    pad_.watch(nullptr);
    pad_.listen(nullptr);
  }
  PadChecks(const PadChecks&) = delete;
  PadChecks& operator=(const PadChecks&) = delete;

  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage) {
    pad_.listen(nullptr);
    stage.linger(0);
  }

  Result<void> ready(Stage& stage) { return become_ready(stage, state_); }
  Result<void> key(Stage& stage, PadKey wanted) {
    listen();
    return press(stage, wanted);
  }
  Result<void> replug(Stage& stage) {
    listen();
    if (auto back = unplug_and_replug(stage, state_); !back) return back;
    return press(stage, PadKey::next);
  }
  Result<void> unplugged_during(Stage& stage) {
    listen();
    if (auto asked = stage.ask(Act::unplug_during); !asked) return asked;
    if (auto asked = stage.ask(Act::press_next); !asked) return asked;
    if (!stage.until([&] { return pad_.state().condition == DeviceCondition::absent; }))
      return too_late("unplugged, not told", pad_.state());
    if (auto back = become_ready(stage, state_); !back) return back;
    heard_->clear();
    return press(stage, PadKey::confirm);
  }
  Result<void> unheard(Stage& stage) {
    listen();
    pad_.listen(nullptr);
    if (auto asked = stage.ask(Act::press_next); !asked) return asked;
    stage.linger(no_key_ms);
    listen();
    stage.linger(no_key_ms);
    if (!heard_->empty()) return wrong("a key was told that was pressed before listen()");
    return press(stage, PadKey::confirm);
  }
  Result<void> many(Stage& stage) {
    listen();
    for (int i = 0; i < keys_in_a_row; ++i) {
      if (auto told = press(stage, i % 2 == 0 ? PadKey::next : PadKey::confirm); !told) return told;
    }
    stage.note(fmt::format("{} keys, {} ms each", keys_in_a_row, stage.took_ms() / keys_in_a_row));
    return {};
  }

 private:
  void listen() {
    heard_ = std::make_shared<std::vector<PadKey>>();
    pad_.listen([heard = heard_](PadKey key) { heard->push_back(key); });
  }
  Result<void> press(Stage& stage, PadKey key) {
    if (last_ == key) stage.linger(no_key_ms);  // at once, it would be a trembling hand
    last_ = key;
    const std::size_t before = heard_->size();
    if (auto asked = stage.ask(act_of(key)); !asked) return asked;
    if (!stage.until([&] { return heard_->size() > before; }))
      return too_late("a key is not told", pad_.state());
    stage.linger(0);
    if (heard_->size() > before + 1) return wrong("one stroke was told twice");
    if (heard_->back() != key) return wrong("another key was told");
    return {};
  }

  pad::KeyPad& pad_;
  std::optional<PadKey> last_;
  std::shared_ptr<std::vector<PadKey>> heard_ = std::make_shared<std::vector<PadKey>>();
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return pad_.state(); };
};

Step key_step(const std::shared_ptr<PadChecks>& checks, const std::vector<PadKey>& keys, PadKey key,
              std::string_view name) {
  return {name, "It tells this key once, and as this key.", key_limit_ms, [=](Stage& stage) -> Result<void> {
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
              return Error{Remedy::refuse, "conformance.skipped", "the pad has not got it"};
            return checks->key(stage, key);
          }};
}

}  // namespace

Suite pad_suite(pad::KeyPad& pad, const std::vector<PadKey>& keys) {
  const auto checks = std::make_shared<PadChecks>(pad);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (PadChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "key-pad";
  suite.steps = {
      step("ready", "It becomes ready after it was plugged in.", start_limit_ms, &PadChecks::ready),
      key_step(checks, keys, PadKey::next, "next"),
      key_step(checks, keys, PadKey::confirm, "confirm"),
      key_step(checks, keys, PadKey::previous, "previous"),
      key_step(checks, keys, PadKey::back, "back"),
      key_step(checks, keys, PadKey::help, "help"),
      step("unheard", "A key that nobody listened to is not told later.", key_limit_ms, &PadChecks::unheard),
      step("replug", "Unplugged: absent; plugged in: ready, without a restart.", replug_limit_ms,
           &PadChecks::replug),
      step("unplugged-during", "Unplugged while a key is pressed: it comes back.", replug_limit_ms,
           &PadChecks::unplugged_during),
      step("ten", "Ten strokes in a row are ten strokes.", replug_limit_ms, &PadChecks::many),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
