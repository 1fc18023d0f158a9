// As conformance_fails_test: one thing wrong with a scanner, a pad, lights, contacts or a power supply fails
// the one step that is about it.
#include "drivers/cabinet/cabinet_contacts.hpp"
#include "tests/drivers/played_site.hpp"
#include "tests/fakes/fake_devices.hpp"

namespace bianmin {

using conformance::Act;
using conformance::Report;
using conformance::Verdict;

namespace {

constexpr DeviceState gone{};

void check_fails(const Report& report, const std::vector<std::string>& steps) {
  INFO(report_table(report));
  CHECK(failed_steps(report) == steps);
}

// A camera, or by hand: one that shoots once.
class PlayedScanner : public FakeScanner {
 public:
  enum class Wrong {
    nothing,
    never_ready,
    not_told_gone,
    half_after_plug,
    drops_chinese,
    cuts_long,
    loses_fifteenth,
    repeats_held,
    sees_in_the_dark,
    faulted_in_the_dark,
    blind_after_dark,
    one_way_up
  };

  PlayedScanner(PlayedSite& site, Wrong wrong) : site_(site), wrong_(wrong) {
    auto& acts = site.hands.acts;
    acts[Act::plug] = [this] {
      if (wrong_ != Wrong::never_ready) become(fake_ready);
    };
    acts[Act::unplug] = [this] {
      if (wrong_ != Wrong::not_told_gone) become(gone);
    };
    acts[Act::unplug_during] = [this] { pull_ = true; };
    acts[Act::take_code_away] = [this] { code_.clear(); };
    acts[Act::turn_next_code] = [this] { turned_ = true; };
    acts[Act::cover_camera] = [this] { cover(true); };
    acts[Act::uncover_camera] = [this] { cover(false); };
    site.hands.show = [this](const std::string& text) { show(text); };
    become(gone);
  }
  void listen(std::function<void(Result<std::string>)> code) override {
    FakeScanner::listen(std::move(code));
    told_ = 0;
  }

 private:
  void cover(bool covered) {
    covered_ = covered;
    if (covered && wrong_ == Wrong::faulted_in_the_dark) become({DeviceCondition::faulted, "usb.io"});
    if (!covered && wrong_ == Wrong::faulted_in_the_dark) become(fake_ready);
    if (!covered && wrong_ != Wrong::blind_after_dark) see(code_);
  }
  void show(const std::string& text) {
    code_ = text;
    const bool turned = std::exchange(turned_, false);
    if (std::exchange(pull_, false)) {
      if (wrong_ == Wrong::half_after_plug) scan(text.substr(0, text.size() / 2));
      become(gone);
    } else if (!covered_ || wrong_ == Wrong::sees_in_the_dark) {
      if (!turned || wrong_ != Wrong::one_way_up) see(text);
    }
  }
  void see(std::string text) {
    constexpr int again_ms = 2'000;
    if (text.empty()) return;
    ++told_;
    if (wrong_ == Wrong::loses_fifteenth && told_ == 15) return;
    if (wrong_ == Wrong::cuts_long) text = text.substr(0, 1'000);
    if (wrong_ == Wrong::drops_chinese) std::erase_if(text, [](char c) { return (c & 0x80) != 0; });
    scan(text);
    if (wrong_ == Wrong::repeats_held)
      site_.loop.after(again_ms, [this, text] {
        if (text == code_) scan(text);
      });
  }

  PlayedSite& site_;
  const Wrong wrong_;
  std::string code_;
  int told_ = 0;  // since listen()
  bool pull_ = false;
  bool turned_ = false;
  bool covered_ = false;
};

}  // namespace

TEST_CASE("each thing that a scanner can do wrong fails its own step") {
  using Wrong = PlayedScanner::Wrong;
  const auto [wrong, step] = GENERATE(table<Wrong, std::string>({{Wrong::nothing, ""},
                                                                 {Wrong::never_ready, "ready"},
                                                                 {Wrong::not_told_gone, "replug"},
                                                                 {Wrong::half_after_plug, "unplugged-during"},
                                                                 {Wrong::drops_chinese, "chinese"},
                                                                 {Wrong::cuts_long, "long"},
                                                                 {Wrong::loses_fifteenth, "twenty"},
                                                                 {Wrong::repeats_held, "held"},
                                                                 {Wrong::sees_in_the_dark, "dark"},
                                                                 {Wrong::faulted_in_the_dark, "dark"},
                                                                 {Wrong::blind_after_dark, "dark"},
                                                                 {Wrong::one_way_up, "upside-down"}}));
  PlayedSite site;
  PlayedScanner scanner(site, wrong);
  const Report report = site.run(conformance::scanner_suite(scanner, true));
  check_fails(report, step.empty() ? std::vector<std::string>{} : std::vector<std::string>{step});
  CHECK(report.steps.size() == 11);
}

TEST_CASE("a scanner that is no camera is not asked what a camera is asked") {
  PlayedSite site;
  PlayedScanner scanner(site, PlayedScanner::Wrong::one_way_up);
  const Report report = site.run(conformance::scanner_suite(scanner));
  check_fails(report, {});
  CHECK(report.count(Verdict::passed) == 8);
  for (const Act act : {Act::take_code_away, Act::turn_next_code, Act::cover_camera})
    CHECK(std::find(site.hands.asked.begin(), site.hands.asked.end(), act) == site.hands.asked.end());
}

namespace {

class PlayedPad : public FakePad {
 public:
  enum class Wrong {
    nothing,
    never_ready,
    own_code,
    help_is_back,
    previous_twice,
    remembers,
    not_told_gone,
    stays_away,
    loses_seventh
  };

  PlayedPad(PlayedSite& site, Wrong wrong) : wrong_(wrong) {
    auto& acts = site.hands.acts;
    acts[Act::plug] = [this] {
      if (wrong_ == Wrong::own_code) become({DeviceCondition::starting, "vendor.warming_up"});
      if (wrong_ != Wrong::never_ready && !(wrong_ == Wrong::stays_away && pulled_)) become(fake_ready);
    };
    acts[Act::unplug] = [this] {
      if (wrong_ != Wrong::not_told_gone) become(gone);
    };
    acts[Act::unplug_during] = [this] { pull_ = true; };
    acts[Act::press_previous] = [this] { stroke(pad::PadKey::previous); };
    acts[Act::press_next] = [this] { stroke(pad::PadKey::next); };
    acts[Act::press_confirm] = [this] { stroke(pad::PadKey::confirm); };
    acts[Act::press_back] = [this] { stroke(pad::PadKey::back); };
    acts[Act::press_help] = [this] {
      stroke(wrong_ == Wrong::help_is_back ? pad::PadKey::back : pad::PadKey::help);
    };
    become(gone);
  }
  void listen(std::function<void(pad::PadKey)> pressed) override {
    FakePad::listen(std::move(pressed));
    strokes_ = 0;
    if (listened() && std::exchange(remembered_, false)) press(pad::PadKey::next);
  }

 private:
  void stroke(pad::PadKey key) {
    if (std::exchange(pull_, false)) {
      pulled_ = true;
      become(gone);
      return;
    }
    remembered_ = wrong_ == Wrong::remembers && !listened();
    if (++strokes_ == 7 && wrong_ == Wrong::loses_seventh) return;
    press(key);
    if (key == pad::PadKey::previous && wrong_ == Wrong::previous_twice) press(key);
  }

  const Wrong wrong_;
  int strokes_ = 0;  // since listen()
  bool remembered_ = false;
  bool pull_ = false;
  bool pulled_ = false;
};

}  // namespace

TEST_CASE("each thing that a key pad can do wrong fails its own step") {
  using Wrong = PlayedPad::Wrong;
  const auto [wrong, step, code] = GENERATE(
      table<Wrong, std::string, std::string>({{Wrong::nothing, "", ""},
                                              {Wrong::never_ready, "ready", "conformance.too_late"},
                                              {Wrong::own_code, "ready", "conformance.unknown_code"},
                                              {Wrong::help_is_back, "help", "conformance.wrong"},
                                              {Wrong::previous_twice, "previous", "conformance.wrong"},
                                              {Wrong::remembers, "unheard", "conformance.wrong"},
                                              {Wrong::not_told_gone, "replug", "conformance.too_late"},
                                              {Wrong::stays_away, "unplugged-during", "conformance.too_late"},
                                              {Wrong::loses_seventh, "ten", "conformance.too_late"}}));
  PlayedSite site;
  PlayedPad pad(site, wrong);
  using pad::PadKey;
  const Report report = site.run(conformance::pad_suite(
      pad, {PadKey::previous, PadKey::next, PadKey::confirm, PadKey::back, PadKey::help}));
  check_fails(report, step.empty() ? std::vector<std::string>{} : std::vector<std::string>{step});
  if (!step.empty()) CHECK(step_of(report, step).code == code);
}

TEST_CASE("a key that a pad has not got is skipped") {
  PlayedSite site;
  PlayedPad pad(site, PlayedPad::Wrong::help_is_back);
  const Report report = site.run(conformance::pad_suite(pad, {pad::PadKey::next, pad::PadKey::confirm}));
  check_fails(report, {});
  CHECK(step_of(report, "help").verdict == Verdict::skipped);
  CHECK(report.count(Verdict::skipped) == 3);
}

namespace {

using cabinet::Light;
using cabinet::LightPlace;

class PlayedLights : public FakeLights {
 public:
  enum class Wrong { nothing, never_ready, neighbour_too, one_stays, blinks_on, dark_after_plug };

  PlayedLights(PlayedSite& site, Wrong wrong) : wrong_(wrong) {
    auto& acts = site.hands.acts;
    acts[Act::plug] = [this] {
      if (wrong_ != Wrong::never_ready) state_ = fake_ready;
    };
    acts[Act::unplug] = [this] {
      state_ = gone;
      if (wrong_ == Wrong::dark_after_plug) lit.clear();
    };
    site.hands.light = [this](std::string_view place) {
      const auto found = lit.find(*cabinet::place_from_name(place));
      return found != lit.end() && found->second == Light::on;
    };
  }
  DeviceState state() const override { return state_; }
  void set(LightPlace place, Light light) override {
    const auto before = lit.find(place);
    const bool blinks = before != lit.end() && before->second == Light::blink;
    if (wrong_ == Wrong::blinks_on && blinks && light == Light::on) return;
    if (wrong_ == Wrong::one_stays && lit.size() == 3 && light == Light::off && !std::exchange(stayed_, true))
      return;
    FakeLights::set(place, light);
    if (wrong_ == Wrong::neighbour_too && place == LightPlace::slip_printer && light == Light::on)
      FakeLights::set(LightPlace::scanner, light);
  }

 private:
  const Wrong wrong_;
  DeviceState state_;
  bool stayed_ = false;
};

}  // namespace

TEST_CASE("each thing that guide lights can do wrong fails its own step") {
  using Wrong = PlayedLights::Wrong;
  const auto [wrong, step] = GENERATE(table<Wrong, std::string>({{Wrong::nothing, ""},
                                                                 {Wrong::never_ready, "ready"},
                                                                 {Wrong::neighbour_too, "alone"},
                                                                 {Wrong::one_stays, "dark"},
                                                                 {Wrong::blinks_on, "blinks"},
                                                                 {Wrong::dark_after_plug, "replug"}}));
  PlayedSite site;
  PlayedLights lights(site, wrong);
  const Report report = site.run(conformance::lights_suite(
      lights, {LightPlace::card_reader, LightPlace::slip_printer, LightPlace::scanner}));
  check_fails(report, step.empty() ? std::vector<std::string>{} : std::vector<std::string>{step});
}

namespace {

class PlayedContacts : public FakeContacts {
 public:
  enum class Wrong { nothing, never_ready, third_twice, tamper_alone_untold, door_first, forgets_over_plug };

  PlayedContacts(PlayedSite& site, Wrong wrong) : wrong_(wrong) {
    auto& acts = site.hands.acts;
    acts[Act::plug] = [this] {
      if (wrong_ == Wrong::never_ready) return;
      plugged_ = true;
      FakeContacts::become(wrong_ == Wrong::forgets_over_plug ? cabinet::ContactState{} : real_);
    };
    acts[Act::unplug] = [this] {
      plugged_ = false;
      go();
    };
    acts[Act::open_door] = [this] {
      real_.door_open = true;
      tell();
      if (++opened_ == 3 && wrong_ == Wrong::third_twice) tell();
    };
    acts[Act::close_door] = [this] {
      real_.door_open = false;
      tell();
    };
    acts[Act::begin_tamper] = [this] {
      real_.tampered = true;
      if (wrong_ != Wrong::tamper_alone_untold || real_.door_open) tell();
    };
    acts[Act::end_tamper] = [this] {
      real_.tampered = false;
      tell();
    };
    go();
  }
  DeviceState state() const override {
    const bool hides = wrong_ == Wrong::door_first && contacts().door_open;
    return plugged_ && hides ? DeviceState{DeviceCondition::needs_attention, "contacts.door_open"}
                             : FakeContacts::state();
  }

 private:
  void tell() {
    if (plugged_) become(real_);
  }

  const Wrong wrong_;
  cabinet::ContactState real_;
  bool plugged_ = false;
  int opened_ = 0;
};

}  // namespace

TEST_CASE("each thing that contacts can do wrong fails its own step") {
  using Wrong = PlayedContacts::Wrong;
  const auto [wrong, step] = GENERATE(table<Wrong, std::string>({{Wrong::nothing, ""},
                                                                 {Wrong::never_ready, "ready"},
                                                                 {Wrong::third_twice, "door"},
                                                                 {Wrong::tamper_alone_untold, "tamper"},
                                                                 {Wrong::door_first, "both"},
                                                                 {Wrong::forgets_over_plug, "replug"}}));
  PlayedSite site;
  PlayedContacts contacts(site, wrong);
  const Report report = site.run(conformance::contacts_suite(contacts, true, true));
  check_fails(report, step.empty() ? std::vector<std::string>{} : std::vector<std::string>{step});
}

namespace {

class PlayedUps : public FakePowerSupply {
 public:
  enum class Wrong {
    nothing,
    never_ready,
    first_cut_untold,
    first_return_untold,
    fourth_cut_untold,
    first_plug_untold,
    well_after_plug,
    stays_away
  };

  PlayedUps(PlayedSite& site, Wrong wrong) : wrong_(wrong) {
    status_.charge_percent = 80;
    auto& acts = site.hands.acts;
    acts[Act::plug] = [this] {
      if (wrong_ == Wrong::never_ready || (wrong_ == Wrong::stays_away && pulled_)) return;
      if (wrong_ == Wrong::well_after_plug) status_.on_battery = false;
      become(status_.state());
    };
    acts[Act::unplug] = [this] {
      if (wrong_ != Wrong::first_plug_untold || unplugged_++ > 0) become({});
    };
    acts[Act::unplug_during] = [this] {
      pulled_ = true;
      become({});
    };
    acts[Act::cut_mains] = [this] {
      ++cuts_;
      const bool untold = (wrong_ == Wrong::first_cut_untold && cuts_ == 1) ||
                          (wrong_ == Wrong::fourth_cut_untold && cuts_ == 4);
      if (!untold) mains(false);
    };
    acts[Act::restore_mains] = [this] {
      ++returns_;
      if (!(wrong_ == Wrong::first_return_untold && cuts_ == 1 && returns_ == 2)) mains(true);
    };
  }
  power::PowerStatus status() const override { return status_; }

 private:
  void mains(bool there) {
    status_.on_battery = !there;
    if (state().usable()) become(status_.state());
  }

  const Wrong wrong_;
  power::PowerStatus status_;
  bool pulled_ = false;
  int unplugged_ = 0;
  int cuts_ = 0;
  int returns_ = 0;  // the first one is before it is plugged in
};

}  // namespace

TEST_CASE("each thing that a power supply can do wrong fails its own step") {
  using Wrong = PlayedUps::Wrong;
  const auto [wrong, step] =
      GENERATE(table<Wrong, std::string>({{Wrong::nothing, ""},
                                          {Wrong::never_ready, "ready"},
                                          {Wrong::first_cut_untold, "cut"},
                                          {Wrong::first_return_untold, "back"},
                                          {Wrong::fourth_cut_untold, "flicker"},
                                          {Wrong::first_plug_untold, "replug"},
                                          {Wrong::well_after_plug, "replug-on-battery"},
                                          {Wrong::stays_away, "unplugged-during"}}));
  PlayedSite site;
  PlayedUps ups(site, wrong);
  const Report report = site.run(conformance::power_suite(ups));
  check_fails(report, step.empty() ? std::vector<std::string>{} : std::vector<std::string>{step});
  if (wrong == Wrong::nothing) CHECK(step_of(report, "figures").note == "80 %, -1 s");
}

}  // namespace bianmin
