// A keyboard that nobody here wrote: QEMU's usb-kbd, which the settings name as the key pad, in the guest of
// a virtual machine that has none at first. The conformance suite of key pads, and that nothing which is
// typed reaches the kernel's own driver. The machine's monitor plugs it in and presses its keys; its port is
// the argument.
#include <fmt/format.h>

#include <filesystem>

#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/usb/inventory.hpp"
#include "tests/drivers/guest_driver.hpp"
#include "tests/drivers/machine_monitor.hpp"

namespace bianmin {

namespace {

using conformance::Act;
using conformance::Stage;
using pad::PadKey;

constexpr std::int64_t step_limit_ms = 15'000;
constexpr std::string_view add_pad =
    R"({"execute":"device_add","arguments":{"driver":"usb-kbd","id":"pad","bus":"xhci.0"}})";
constexpr std::string_view remove_pad = R"({"execute":"device_del","arguments":{"id":"pad"}})";

pad::KeyPadSettings qemu_keyboard() {
  pad::KeyPadSettings settings;
  settings.vendor = 0x0627;
  settings.product = 0x0001;
  return settings;
}

class MonitorHands : public conformance::Operator {
 public:
  explicit MonitorHands(MachineMonitor& monitor) : monitor_(monitor) {}

  Result<void> act(Act act) override {
    switch (act) {
      case Act::plug:
        return std::exchange(plugged_, true) ? Result<void>() : monitor_.execute(add_pad);
      case Act::unplug:
        return std::exchange(plugged_, false) ? monitor_.execute(remove_pad) : Result<void>();
      case Act::press_previous:
        return press("up");
      case Act::press_next:
        return press("down");
      case Act::press_confirm:
        return press("ret");
      case Act::press_back:
        return press("esc");
      case Act::press_help:
        return press("f1");
      default:
        return Error{Remedy::refuse, "conformance.skipped", "the monitor cannot do that"};
    }
  }
  Result<std::string> show_code(const std::string&) override {
    return Error{Remedy::refuse, "conformance.skipped", "no scanner"};
  }
  Result<int> count_slips() override { return Error{Remedy::refuse, "conformance.skipped", "no printer"}; }

 private:
  Result<void> press(std::string_view key) {
    return monitor_.execute(fmt::format(
        R"({{"execute":"send-key","arguments":{{"keys":[{{"type":"qcode","data":"{}"}}],"hold-time":40}}}})",
        key));
  }

  MachineMonitor& monitor_;
  bool plugged_ = false;
};

// "usbfs" while it is claimed. Empty: none, or no such device.
std::string driver_of_pad() {
  return kernel_driver_of(
      [](const usb::DeviceInfo& device) { return key_pad_interface(qemu_keyboard(), device).has_value(); });
}

int fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.text());
  return 1;
}

int walk(const std::string& port) {
  const SystemClock clock;
  Log log(clock, stderr);
  EventLoop loop(clock);
  MachineMonitor monitor(port);
  if (auto ready = monitor.execute(R"({"execute":"qmp_capabilities"})"); !ready) return fail(ready.error());
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  auto pad = std::make_unique<pad::HidKeyPad>(**bus, loop, &log, qemu_keyboard());
  MonitorHands hands(monitor);
  Stage stage(loop, hands);
  conformance::Report report;
  {
    conformance::Suite suite = conformance::pad_suite(
        *pad, {PadKey::previous, PadKey::next, PadKey::confirm, PadKey::back, PadKey::help});
    std::erase_if(suite.steps, [](const conformance::Step& step) { return step.name == "unplugged-during"; });
    suite.steps.push_back({"claimed", "No driver of the kernel hears it.", step_limit_ms, [](Stage&) {
                             const std::string driver = driver_of_pad();
                             return driver == "usbfs" ? Result<void>() : conformance::wrong("has " + driver);
                           }});
    report = run_suite(suite, stage);
  }
  fmt::print("{}", report_table(report));
  pad.reset();
  stage.begin(step_limit_ms);
  if (!stage.until([] { return driver_of_pad() == "usbhid"; }))
    return fail(conformance::wrong("let go, it has the driver '" + driver_of_pad() + "'"));
  const int all = static_cast<int>(report.steps.size());
  return report.count(conformance::Verdict::passed) == all ? 0 : 1;
}

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) { return argc == 2 ? bianmin::walk(argv[1]) : 2; }
