#include "drivers/power/hid_ups.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "drivers/hid/hid_channel.hpp"
#include "drivers/power/ups_models.hpp"
#include "drivers/power/ups_report.hpp"

namespace bianmin::power {

namespace {

constexpr int refusals_max = 3;
constexpr int agreeing_tries_max = 5;
constexpr int switch_off_min_s = 1;
constexpr int switch_off_max_s = 600;
constexpr int startup_delay_s =
    10;  // after mains is back: so that a flickering line does not start it again and again

using Steady = std::chrono::steady_clock;
using SwitchedOff = std::function<void(Result<void>)>;

// Questions and answers of one open supply. Thread-bound to the device's thread.
class UpsLink {
 public:
  UpsLink(usb::Channel& channel, hid::ReportDescriptor descriptor, UpsLayout layout, std::stop_token stop)
      : channel_(channel),
        descriptor_(std::move(descriptor)),
        layout_(std::move(layout)),
        stop_(std::move(stop)) {}

  Result<std::optional<PowerStatus>> ask();
  // The last of some readings, two of which agree, when it is another than `known`.
  Result<std::optional<PowerStatus>> settled(const std::optional<PowerStatus>& known);
  // Waits for a report that the supply sends by itself. False: none came.
  Result<bool> listen(const usb::EndpointInfo& endpoint, int wait_ms);
  Result<void> switch_off(int delay_s);

 private:
  Result<void> fetch(hid::ReportKind kind, std::uint8_t report_id);
  Result<void> write_delay(const hid::Field& field, int seconds);

  usb::Channel& channel_;
  hid::ReportDescriptor descriptor_;
  UpsLayout layout_;
  std::stop_token stop_;
  Reports reports_;
  std::map<std::pair<hid::ReportKind, std::uint8_t>, int> refusals_;
};

Result<void> UpsLink::fetch(hid::ReportKind kind, std::uint8_t report_id) {
  int& refusals = refusals_[{kind, report_id}];
  if (refusals >= refusals_max) return {};
  auto report =
      hid::get_report(channel_, kind, report_id, descriptor_.report_byte_count(kind, report_id), stop_);
  if (!report) {
    if (report.error().code != "usb.stall") return report.error();
    ++refusals;
    return {};
  }
  refusals = 0;
  reports_[{kind, report_id}] = std::move(*report);
  return {};
}

Result<std::optional<PowerStatus>> UpsLink::ask() {
  for (const std::uint8_t number : layout_.feature_reports()) {
    if (auto fetched = fetch(hid::ReportKind::feature, number); !fetched) return fetched.error();
  }
  for (const std::uint8_t number : layout_.input_only_reports()) {
    if (auto fetched = fetch(hid::ReportKind::input, number); !fetched) return fetched.error();
  }
  return read_power_status(descriptor_, layout_, reports_);
}

Result<std::optional<PowerStatus>> UpsLink::settled(const std::optional<PowerStatus>& known) {
  auto last = ask();
  const bool same = last && *last && known && (*last)->state() == known->state();
  for (int i = 0; !same && last && i < agreeing_tries_max; ++i) {
    auto next = ask();
    const bool agree = next && last->has_value() && next->has_value() && (**last).state() == (**next).state();
    last = std::move(next);
    if (agree) break;
  }
  return last;
}

Result<bool> UpsLink::listen(const usb::EndpointInfo& endpoint, int wait_ms) {
  const auto report = channel_.read(endpoint.address, endpoint.packet_byte_max, wait_ms, stop_);
  if (!report && report.error().code == "usb.timeout") return false;
  if (!report) return report.error();
  if (report->empty()) return false;
  const std::uint8_t number = descriptor_.numbered() ? report->front() : std::uint8_t{0};
  reports_[{hid::ReportKind::input, number}] = *report;
  return true;
}

// The other fields of the report stay as they are.
Result<void> UpsLink::write_delay(const hid::Field& field, int seconds) {
  const std::size_t byte_count = descriptor_.report_byte_count(hid::ReportKind::feature, field.report_id);
  const auto now = hid::get_report(channel_, hid::ReportKind::feature, field.report_id, byte_count, stop_);
  if (!now) return now.error();
  const auto body = hid::report_body(descriptor_, field.report_id, *now);
  if (!body) return Error{Remedy::call_staff, "ups.cannot_switch", "another report came"};
  Bytes changed(body->begin(), body->end());
  hid::write_value(field, 0, static_cast<std::uint32_t>(seconds), changed);
  Bytes report;
  if (descriptor_.numbered()) report.push_back(field.report_id);
  append(report, changed);
  return hid::set_report(channel_, hid::ReportKind::feature, field.report_id, report, stop_);
}

Result<void> UpsLink::switch_off(int delay_s) {
  const auto& shutdown = layout_.of(UpsSignal::delay_before_shutdown).feature;
  const auto& startup = layout_.of(UpsSignal::delay_before_startup).feature;
  const Error cannot{Remedy::call_staff, "ups.cannot_switch", "no delay that could be set"};
  if (!shutdown) return cannot;
  const auto checked = [&cannot](const Result<void>& written) -> Result<void> {
    return !written && written.error().code == "usb.stall" ? Result<void>(cannot) : written;
  };
  if (startup) {
    if (auto written = checked(write_delay(*startup, startup_delay_s)); !written) return written;
  }
  return checked(write_delay(*shutdown, delay_s));
}

}  // namespace

std::optional<int> hid_ups_interface(const usb::DeviceInfo& device) {
  if (find_ups_model(device) == nullptr) return std::nullopt;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    // Subclass 1 is a boot keyboard or mouse.
    if (interface.device_class == hid::interface_class && interface.subclass == 0) return interface.number;
  }
  return std::nullopt;
}

class HidUps::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, HidUpsTimings timings, usb::RecoveryLimits recovery)
      : timings_(timings), loop_(bus, loop, log, "ups", *this, recovery) {}

  // On the loop.
  usb::DeviceLoop& loop() { return loop_; }
  PowerStatus status() const { return *status_; }
  void switch_off(int delay_s, SwitchedOff done);

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override { return hid_ups_interface(device); }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  struct Order {
    int delay_s = 0;
    SwitchedOff done;
  };
  Result<void> attend(UpsLink& link, const usb::EndpointInfo* endpoint, const std::stop_token& stop);
  Result<void> wait(UpsLink& link, const usb::EndpointInfo* endpoint, const std::stop_token& stop);
  std::optional<Order> take_order();
  void finish(SwitchedOff done, Result<void> result);

  const HidUpsTimings timings_;
  std::shared_ptr<PowerStatus> status_ = std::make_shared<PowerStatus>();  // loop
  std::optional<PowerStatus> known_;                                       // device thread
  std::mutex mutex_;                                                       // guards the order
  std::condition_variable_any ordered_;
  std::optional<Order> order_;
  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void HidUps::Device::switch_off(int delay_s, SwitchedOff done) {
  Error refused{Remedy::refuse, "ups.busy", "it is being switched off already"};
  if (delay_s < switch_off_min_s || delay_s > switch_off_max_s) {
    refused = {Remedy::refuse, "ups.cannot_switch", "a delay out of bounds"};
  } else if (!loop_.state().usable()) {
    refused = {Remedy::retry_later, "ups.absent", "no power supply that answers"};
  } else {
    const std::lock_guard lock(mutex_);
    if (!order_) {
      order_ = Order{delay_s, std::move(done)};
      ordered_.notify_all();
      return;
    }
  }
  loop_.post([done = std::move(done), refused] { done(refused); });
}

std::optional<HidUps::Device::Order> HidUps::Device::take_order() {
  const std::lock_guard lock(mutex_);
  return std::exchange(order_, std::nullopt);
}

void HidUps::Device::finish(SwitchedOff done, Result<void> result) {
  loop_.post([done = std::move(done), result = std::move(result)] { done(result); });
}

Error HidUps::Device::serve(usb::Channel& channel, std::stop_token stop) {
  auto descriptor = hid::report_descriptor(channel, stop);
  if (!descriptor && descriptor.error().code != "hid.bad_descriptor") return descriptor.error();
  auto layout = descriptor ? find_ups_layout(*descriptor) : std::nullopt;
  if (!layout) return {Remedy::call_staff, "ups.not_a_ups", "no report that tells of mains or battery"};
  const UpsModel* const model = find_ups_model(channel.device());
  const bool told = model != nullptr && model->tells_changes;
  UpsLink link(channel, std::move(*descriptor), std::move(*layout), stop);
  const usb::EndpointInfo* const endpoint = told ? hid::interrupt_in(channel.interface()) : nullptr;
  known_.reset();
  Result<void> ended;
  while (ended && !stop.stop_requested()) ended = attend(link, endpoint, stop);
  const Error why = ended ? Error{Remedy::retry_later, "usb.cancelled", "stopped"} : ended.error();
  if (auto order = take_order()) finish(std::move(order->done), why);
  return why;
}

Result<void> HidUps::Device::attend(UpsLink& link, const usb::EndpointInfo* endpoint,
                                    const std::stop_token& stop) {
  const auto status = link.settled(known_);
  if (!status) return status.error();
  if (*status) {
    known_ = **status;
    loop_.post([kept = status_, now = **status] { *kept = now; });
    loop_.publish(known_->state());
    loop_.healthy();
  }
  if (auto order = take_order()) {
    Result<void> switched = link.switch_off(order->delay_s);
    const bool lost = !switched && switched.error().code != "ups.cannot_switch";
    finish(std::move(order->done), switched);
    if (lost) return switched;
  }
  return wait(link, endpoint, stop);
}

// Until the next question is due: at once when the supply tells something, but a talkative one is not asked
// all the time.
Result<void> HidUps::Device::wait(UpsLink& link, const usb::EndpointInfo* endpoint,
                                  const std::stop_token& stop) {
  const auto begun = Steady::now();
  auto until = begun + std::chrono::milliseconds(timings_.poll_ms);
  if (endpoint == nullptr) {
    std::unique_lock lock(mutex_);
    ordered_.wait_until(lock, stop, until, [this] { return order_.has_value(); });
    return {};
  }
  for (auto now = begun; now < until && !stop.stop_requested(); now = Steady::now()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    const auto heard = link.listen(*endpoint, static_cast<int>(left.count()));
    if (!heard) return heard.error();
    if (*heard) until = std::min(until, begun + std::chrono::milliseconds(timings_.quick_poll_ms));
  }
  return {};
}

HidUps::HidUps(usb::Bus& bus, EventLoop& loop, Log* log, HidUpsTimings timings, usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, timings, recovery)) {
  device_->loop().start();
}

HidUps::~HidUps() = default;

DeviceState HidUps::state() const { return device_->loop().state(); }
void HidUps::watch(std::function<void(DeviceState)> changed) { device_->loop().watch(std::move(changed)); }
PowerStatus HidUps::status() const { return device_->status(); }
void HidUps::switch_off(int delay_s, SwitchedOff done) { device_->switch_off(delay_s, std::move(done)); }

}  // namespace bianmin::power
