// A wedge scanner that nobody here wrote: QEMU's usb-kbd, which the settings name as the code scanner, in the
// guest of a virtual machine that has none at first. The machine's monitor types codes on it, as such a
// scanner does. The conformance suite of code scanners, codes of every key, and that nothing of them reaches
// the kernel's own keyboard driver or its console. The monitor's port is the argument.
#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "drivers/usb/inventory.hpp"
#include "tests/drivers/guest_driver.hpp"
#include "tests/drivers/machine_monitor.hpp"

namespace bianmin {

namespace {

using conformance::Act;
using conformance::Stage;

constexpr std::int64_t step_limit_ms = 60'000;
constexpr std::string_view add_keyboard =
    R"({"execute":"device_add","arguments":{"driver":"usb-kbd","id":"wedge","bus":"xhci.0"}})";
constexpr std::string_view remove_keyboard = R"({"execute":"device_del","arguments":{"id":"wedge"}})";

constexpr scanner::CodeScannerSettings qemu_keyboard{.keyboard_vendor = 0x0627, .keyboard_product = 0x0001};

struct Key {
  std::string name;  // as QEMU calls it
  bool shift = false;
};

// The key of a US keyboard that types this.
std::optional<Key> key_of(char typed) {
  constexpr std::string_view plain = "1234567890-=[]\\;'`,./";
  constexpr std::string_view shifted = "!@#$%^&*()_+{}|:\"~<>?";
  constexpr std::array<const char*, 11> names = {"minus",     "equal",     "bracket_left", "bracket_right",
                                                 "backslash", "semicolon", "apostrophe",   "grave_accent",
                                                 "comma",     "dot",       "slash"};
  const auto named = [&](std::size_t at) {
    return at < 10 ? std::string(1, plain[at]) : std::string(names[at - 10]);
  };
  if (typed >= 'a' && typed <= 'z') return Key{std::string(1, typed), false};
  if (typed >= 'A' && typed <= 'Z') return Key{std::string(1, static_cast<char>(typed - 'A' + 'a')), true};
  if (typed == ' ') return Key{"spc", false};
  if (typed == '\n') return Key{"ret", false};
  if (const auto at = plain.find(typed); at != std::string_view::npos) return Key{named(at), false};
  if (const auto at = shifted.find(typed); at != std::string_view::npos) return Key{named(at), true};
  return std::nullopt;
}

class MonitorHands : public conformance::Operator {
 public:
  explicit MonitorHands(MachineMonitor& monitor) : monitor_(monitor) {}

  Result<void> act(Act act) override {
    if (act == Act::plug)
      return std::exchange(plugged_, true) ? Result<void>() : monitor_.execute(add_keyboard);
    if (act == Act::unplug)
      return std::exchange(plugged_, false) ? monitor_.execute(remove_keyboard) : Result<void>();
    return Error{Remedy::refuse, "conformance.skipped", "the monitor cannot do that"};
  }
  Result<std::string> show_code(const std::string& text) override {
    for (const char each : text + "\n") {
      const auto key = key_of(each);
      if (!key) return Error{Remedy::refuse, "conformance.skipped", "a keyboard has no key for it"};
      if (auto typed = type(*key); !typed) return typed.error();
    }
    return text;
  }
  Result<int> count_slips() override { return Error{Remedy::refuse, "conformance.skipped", "no printer"}; }

 private:
  Result<void> type(const Key& key) {
    constexpr std::string_view shift = R"({"type":"qcode","data":"shift"},)";
    return monitor_.execute(fmt::format(
        R"({{"execute":"send-key","arguments":{{"keys":[{}{{"type":"qcode","data":"{}"}}],"hold-time":{}}}}})",
        key.shift ? shift : "", key.name, hold_ms));
  }
  static constexpr int hold_ms = 8;  // shorter, and QEMU's keyboard drops keys that nobody has fetched yet

  MachineMonitor& monitor_;
  bool plugged_ = false;
};

// What reaches the console that the kernel's keyboard driver types on.
class Console {
 public:
  Console() : file_(::open("/dev/tty1", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
    termios settings{};
    if (::tcgetattr(file_.get(), &settings) == 0) {
      ::cfmakeraw(&settings);
      (void)::tcsetattr(file_.get(), TCSANOW, &settings);
    }
  }
  std::string take() {
    std::array<char, 256> bytes;
    const ssize_t count = ::read(file_.get(), bytes.data(), bytes.size());
    if (count > 0) heard_.append(bytes.data(), static_cast<std::size_t>(count));
    return heard_;
  }

 private:
  FileDescriptor file_;
  std::string heard_;
};

// Keyboards that programs could open in /dev/input.
int kernel_keyboards() {
  std::ifstream list("/proc/bus/input/devices");
  int count = 0;
  for (std::string line; std::getline(list, line);)
    count += line.find("QEMU USB Keyboard") != std::string::npos ? 1 : 0;
  return count;
}

// "usbfs" while it is claimed. Empty: none, or no such device.
std::string driver_of_keyboard() {
  return kernel_driver_of([](const usb::DeviceInfo& device) {
    return scanner::code_scanner_interface(device, qemu_keyboard).has_value();
  });
}

int fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.text());
  return 1;
}

conformance::Step codes_step(scanner::CodeScanner& scanner) {
  return {
      "keys", "Codes of every key, in the speed of a scanner.", step_limit_ms,
      [&scanner](Stage& stage) -> Result<void> {
        std::size_t keys = 0;
        for (const std::string text : {"0721338641", "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                       "1234567890-=[]\\;'`,./ !@#$%^&*()_+{}|:\"~<>?",
                                       "BM1:0721338641/aZ-09.TownshipService=Qx7", "aabbAABB  1122"}) {
          keys += text.size() + 1;
          std::vector<Result<std::string>> heard;
          scanner.listen([&heard](Result<std::string> code) { heard.push_back(std::move(code)); });
          const auto shown = stage.show_code(text);
          if (!shown) return shown.error();
          const bool told = stage.until([&heard] { return !heard.empty(); });
          scanner.stop();
          if (!told) return conformance::too_late("a code is not told", scanner.state());
          if (heard.size() != 1 || !heard[0] || *heard[0] != text)
            return conformance::wrong(heard[0] ? *heard[0] : std::string(heard[0].error().code));
        }
        stage.note(fmt::format("{} keys in {} ms", keys, stage.took_ms()));
        return {};
      }};
}

// Without our driver the kernel's has the keyboard: the console hears it, so it would hear the codes too.
Result<void> heard_without_us(Stage& stage, Console& console) {
  stage.begin(step_limit_ms);
  if (auto asked = stage.ask(Act::plug); !asked) return asked;
  if (!stage.until([] { return driver_of_keyboard() == "usbhid" && kernel_keyboards() == 1; }))
    return conformance::wrong("the kernel takes no keyboard");
  const auto typed = stage.show_code("typed at the console");
  if (!typed) return typed.error();
  if (!stage.until([&] { return console.take().find("typed at the console\r") != std::string::npos; }))
    return conformance::wrong("the console hears no keyboard: '" + console.take() + "'");
  return {};
}

int walk(const std::string& port) {
  const SystemClock clock;
  Log log(clock, stderr);
  EventLoop loop(clock);
  MachineMonitor monitor(port);
  if (auto ready = monitor.execute(R"({"execute":"qmp_capabilities"})"); !ready) return fail(ready.error());
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  MonitorHands hands(monitor);
  Stage stage(loop, hands);
  Console console;
  if (auto heard = heard_without_us(stage, console); !heard) return fail(heard.error());
  const std::string before = console.take();
  auto scanner = std::make_unique<scanner::UsbCodeScanner>(**bus, loop, &log, usb::RecoveryLimits{},
                                                           scanner::code_drivers(qemu_keyboard));
  conformance::Report report;
  {
    conformance::Suite suite = conformance::scanner_suite(*scanner);
    std::erase_if(suite.steps, [](const conformance::Step& step) {
      // Nothing pulls the plug in the middle; some thousand keys take a minute; no key types Chinese.
      return step.name == "unplugged-during" || step.name == "long" || step.name == "chinese";
    });
    suite.steps.push_back(codes_step(*scanner));
    suite.steps.push_back({"claimed", "The kernel's keyboard driver and its console hear nothing.",
                           step_limit_ms, [&](Stage&) -> Result<void> {
                             if (driver_of_keyboard() != "usbfs")
                               return conformance::wrong("has " + driver_of_keyboard());
                             if (kernel_keyboards() != 0) return conformance::wrong("it is in /dev/input");
                             if (console.take() != before) return conformance::wrong(console.take());
                             return {};
                           }});
    report = run_suite(suite, stage);
  }
  fmt::print("{}", report_table(report));
  scanner.reset();
  stage.begin(step_limit_ms);
  if (!stage.until([] { return driver_of_keyboard() == "usbhid"; }))
    return fail(conformance::wrong("let go, it has the driver '" + driver_of_keyboard() + "'"));
  const int all = static_cast<int>(report.steps.size());
  return report.count(conformance::Verdict::passed) == all ? 0 : 1;
}

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) { return argc == 2 ? bianmin::walk(argv[1]) : 2; }
