#include "drivers/scanner/hid_pos_scanner.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "drivers/hid/hid_channel.hpp"
#include "drivers/scanner/hid_report.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::scanner {

namespace {

constexpr int idle_timeout_ms = 600'000;  // nobody scans for so long: look whether the device still answers
constexpr int next_part_timeout_ms = 2'000;  // within one code

// Makers of scanners: Newland, Honeywell, Zebra (Symbol), Datalogic, Opticon, Code, Access-IS.
constexpr std::array<std::uint16_t, 7> scanner_vendors = {0x1EAB, 0x0C2E, 0x05E0, 0x05F9,
                                                          0x065A, 0x11FA, 0x0DB5};

Error bad_code(std::string_view why) { return {Remedy::ask_resident, "scanner.bad_code", std::string(why)}; }

// Puts the parts of one code together.
class Assembly {
 public:
  void add(ByteView part) {
    if (code_.size() + part.size() > HidPosScanner::code_byte_max) too_long_ = true;
    if (!too_long_) code_ += text_of(part);
    begun_ = true;
  }
  bool begun() const { return begun_; }
  Result<std::string> take() {
    const Assembly done = std::exchange(*this, {});
    if (done.too_long_) return bad_code("too long");
    if (done.code_.empty()) return bad_code("empty");
    if (!valid_utf8(done.code_)) return bad_code("not text");
    return done.code_;
  }

 private:
  std::string code_;
  bool begun_ = false;
  bool too_long_ = false;
};

}  // namespace

std::optional<int> hid_pos_interface(const usb::DeviceInfo& device) {
  if (std::find(scanner_vendors.begin(), scanner_vendors.end(), device.vendor) == scanner_vendors.end()) {
    return std::nullopt;
  }
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    // Subclass 1 is a boot keyboard or mouse.
    const bool candidate = interface.device_class == hid::interface_class && interface.subclass == 0;
    if (candidate && hid::interrupt_in(interface) != nullptr) return interface.number;
  }
  return std::nullopt;
}

class HidPosScanner::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, usb::RecoveryLimits recovery)
      : loop_(bus, loop, log, "scanner", *this, recovery) {}

  usb::DeviceLoop& loop() { return loop_; }
  void listen(std::function<void(Result<std::string>)> code) {
    code_ = std::move(code);
    ++listening_;
  }
  void stop() {
    code_ = nullptr;
    ++listening_;
  }

  std::optional<int> match(const usb::DeviceInfo& device) const override { return hid_pos_interface(device); }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  void deliver(Result<std::string> code, int begun_at);

  std::function<void(Result<std::string>)> code_;  // loop
  std::atomic<int> listening_ = 0;  // counts listen() and stop(): what was scanned before is dropped
  usb::DeviceLoop loop_;            // last: its thread uses all of the above
};

void HidPosScanner::Device::deliver(Result<std::string> code, int begun_at) {
  loop_.post([this, code = std::move(code), begun_at] {
    if (begun_at != listening_.load()) return;
    const auto listener = code_;  // it may stop or replace itself
    if (listener) listener(code);
  });
}

Error HidPosScanner::Device::serve(usb::Channel& channel, std::stop_token stop) {
  const auto descriptor = hid::report_descriptor(channel, stop);
  if (!descriptor) {
    if (descriptor.error().code != "hid.bad_descriptor") return descriptor.error();
    return {Remedy::call_staff, "scanner.not_a_scanner", descriptor.error().detail};
  }
  const auto layout = find_scan_report(*descriptor);
  if (!layout)
    return {Remedy::call_staff, "scanner.not_a_scanner", "no scanned-data report: is it in HID POS mode?"};
  const usb::EndpointInfo* endpoint = hid::interrupt_in(channel.interface());
  if (endpoint == nullptr) return {Remedy::call_staff, "scanner.not_a_scanner", "no endpoint"};
  loop_.publish({DeviceCondition::ready, "ready"});
  Assembly assembly;
  int begun_at = listening_;
  for (;;) {
    const bool within_code = assembly.begun();
    const int wait_ms = within_code ? next_part_timeout_ms : idle_timeout_ms;
    const auto report = channel.read(endpoint->address, endpoint->packet_byte_max, wait_ms, stop);
    if (!report && report.error().code == "usb.timeout") {
      if (within_code) (void)assembly.take();  // the rest never came; half a code is none
      continue;
    }
    if (!report) return report.error();
    loop_.healthy();
    const auto part = read_scan_report(*layout, *report);
    if (!part) {
      if (!within_code && !report->empty() && layout->report_id != 0 && (*report)[0] != layout->report_id)
        continue;
      (void)assembly.take();
      deliver(bad_code("broken report"), listening_);
      continue;
    }
    if (!within_code) begun_at = listening_;
    assembly.add(part->data);
    if (!part->more) deliver(assembly.take(), begun_at);
  }
}

HidPosScanner::HidPosScanner(usb::Bus& bus, EventLoop& loop, Log* log, usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, recovery)) {
  device_->loop().start();
}

HidPosScanner::~HidPosScanner() = default;

DeviceState HidPosScanner::state() const { return device_->loop().state(); }
void HidPosScanner::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
void HidPosScanner::listen(std::function<void(Result<std::string>)> code) {
  device_->listen(std::move(code));
}
void HidPosScanner::stop() { device_->stop(); }

}  // namespace bianmin::scanner
