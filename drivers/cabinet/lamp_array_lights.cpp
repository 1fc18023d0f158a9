#include "drivers/cabinet/lamp_array_lights.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "drivers/cabinet/lamp_array.hpp"
#include "drivers/hid/hid_channel.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::cabinet {

namespace {

constexpr int look_ms = 5'000;  // nothing changes for so long: look whether the device still answers
constexpr std::int64_t lamp_max = 65'534;

Error no_lamps(std::string why) { return {Remedy::call_staff, "lights.no_lamps", std::move(why)}; }

Result<void> tell(usb::Channel& channel, std::uint8_t report_id, const Bytes& report,
                  const std::stop_token& stop) {
  return hid::set_report(channel, hid::ReportKind::feature, report_id, report, stop);
}

}  // namespace

Result<std::map<LightPlace, int>> parse_light_places(std::string_view text) {
  std::map<LightPlace, int> lamps;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const Error bad{Remedy::refuse, "lights.bad_places", std::string(word)};
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return bad;
    const auto place = place_from_name(word.substr(0, equals));
    const auto lamp = parse_number(word.substr(equals + 1), 0, lamp_max);
    if (!place || !lamp || !lamps.emplace(*place, static_cast<int>(*lamp)).second) return bad;
  }
  return lamps;
}

std::optional<int> lamp_array_interface(const GuideLightSettings& settings, const usb::DeviceInfo& device) {
  const bool ours =
      settings.named() && device.vendor == settings.vendor && device.product == settings.product;
  if (!ours) return std::nullopt;
  const auto found =
      std::find_if(device.interfaces.begin(), device.interfaces.end(), [](const usb::InterfaceInfo& each) {
        return each.device_class == hid::interface_class && each.subclass == 0;
      });
  if (found == device.interfaces.end()) return std::nullopt;
  return found->number;
}

class LampArrayLights::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, GuideLightSettings settings, usb::RecoveryLimits recovery)
      : settings_(std::move(settings)), events_(loop), loop_(bus, loop, log, "lights", *this, recovery) {
    for (const auto& [place, lamp] : settings_.lamps) {
      lights_[place] = Light::off;
      wanted_[lamp] = false;
    }
  }
  ~Device() override { events_.cancel(blinker_); }

  usb::DeviceLoop& loop() { return loop_; }
  void set(LightPlace place, Light light);

  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return lamp_array_interface(settings_, device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  using Lamps = std::map<int, bool>;  // those that are places, and whether they are lit

  void blink();
  void show();
  Result<LampArray> open_lamps(usb::Channel& channel, const std::stop_token& stop);
  Error keep_shown(usb::Channel& channel, const LampArray& array, const std::stop_token& stop);
  void give_back(usb::Channel& channel, const LampArray& array);

  const GuideLightSettings settings_;
  EventLoop& events_;
  std::map<LightPlace, Light> lights_;  // these three: loop
  bool bright_ = true;                  // the half of the blinking that is under way
  EventLoop::TimerId blinker_ = 0;      // 0: nothing blinks
  std::mutex mutex_;                    // guards wanted_
  std::condition_variable_any changed_;
  Lamps wanted_;
  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void LampArrayLights::Device::set(LightPlace place, Light light) {
  if (!settings_.lamps.contains(place)) return;
  lights_[place] = light;
  const bool blinks = std::any_of(lights_.begin(), lights_.end(),
                                  [](const auto& each) { return each.second == Light::blink; });
  if (!blinks) {
    events_.cancel(blinker_);
    blinker_ = 0;
  } else if (blinker_ == 0) {
    bright_ = false;
    blink();
  }
  show();
}

void LampArrayLights::Device::blink() {
  bright_ = !bright_;
  blinker_ = events_.after(blink_half_period_ms, [this] {
    blink();
    show();
  });
}

void LampArrayLights::Device::show() {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [place, light] : lights_)
      wanted_[settings_.lamps.at(place)] = light == Light::on || (light == Light::blink && bright_);
  }
  changed_.notify_all();
}

Result<LampArray> LampArrayLights::Device::open_lamps(usb::Channel& channel, const std::stop_token& stop) {
  const auto descriptor = hid::report_descriptor(channel, stop);
  if (!descriptor) {
    if (descriptor.error().code != "hid.bad_descriptor") return descriptor.error();
    return no_lamps(descriptor.error().detail);
  }
  auto array = LampArray::find(*descriptor);
  if (!array) return no_lamps("no lamp array");
  const auto attributes = hid::get_report(channel, hid::ReportKind::feature, array->attributes_id(),
                                          array->attributes_byte_count(), stop);
  if (!attributes) return attributes.error();
  const auto count = array->lamp_count(*attributes);
  if (!count) return no_lamps("it does not say how many");
  for (const auto& [place, lamp] : settings_.lamps) {
    if (lamp >= *count) return no_lamps(std::string(place_name(place)) + " has no lamp");
  }
  if (auto ours = tell(channel, array->control_id(), array->control(false), stop); !ours) return ours.error();
  return std::move(*array);
}

Error LampArrayLights::Device::serve(usb::Channel& channel, std::stop_token stop) {
  const auto array = open_lamps(channel, stop);
  if (!array) return array.error();
  loop_.publish({DeviceCondition::ready, "ready"});
  Error ended = keep_shown(channel, *array, stop);
  if (stop.stop_requested()) give_back(channel, *array);
  return ended;
}

Error LampArrayLights::Device::keep_shown(usb::Channel& channel, const LampArray& array,
                                          const std::stop_token& stop) {
  Lamps shown;
  for (;;) {
    Lamps wanted;
    {
      std::unique_lock lock(mutex_);
      const auto news = [&] { return wanted_ != shown; };
      (void)changed_.wait_for(lock, stop, std::chrono::milliseconds(look_ms), news);
      wanted = wanted_;
    }
    if (stop.stop_requested()) return {Remedy::retry_later, "usb.cancelled", "stopped"};
    if (wanted == shown) {
      if (auto there = tell(channel, array.control_id(), array.control(false), stop); !there)
        return there.error();
    }
    for (const auto& [lamp, on] : wanted) {
      const auto before = shown.find(lamp);
      if (before != shown.end() && before->second == on) continue;
      if (auto told = tell(channel, array.update_id(), array.update(lamp, on), stop); !told)
        return told.error();
    }
    shown = std::move(wanted);
    loop_.healthy();
  }
}

// Nobody sees to the lamps any more. When the device has gone the first of these says so at once.
void LampArrayLights::Device::give_back(usb::Channel& channel, const LampArray& array) {
  for (const auto& [place, lamp] : settings_.lamps) {
    if (!tell(channel, array.update_id(), array.update(lamp, false), {})) return;
  }
  (void)tell(channel, array.control_id(), array.control(true), {});
}

LampArrayLights::LampArrayLights(usb::Bus& bus, EventLoop& loop, Log* log, GuideLightSettings settings,
                                 usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, std::move(settings), recovery)) {
  device_->loop().start();
}

LampArrayLights::~LampArrayLights() = default;

DeviceState LampArrayLights::state() const { return device_->loop().state(); }
void LampArrayLights::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
void LampArrayLights::set(LightPlace place, Light light) { device_->set(place, light); }

}  // namespace bianmin::cabinet
