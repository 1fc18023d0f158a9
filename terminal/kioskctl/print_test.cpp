// kioskctl print-test
#include <cstdio>

#include "drivers/printer/receipt_printer.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/device_table.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t limit_ms = 60'000;

printer::Document test_slip(const Clock& clock) {
  using printer::Align;
  printer::Document slip;
  slip.lines = {printer::TextLine{"打印测试", Align::center, 2, true},
                printer::TextLine{"Print test", Align::center},
                printer::RuleLine{},
                printer::LabelLine{"时间", local_stamp(clock.utc_ms())},
                printer::LabelLine{"汉字", "便民服务，一次办好"},
                printer::LabelLine{"0-9 A-Z", "0123456789 ABCXYZ"},
                printer::RuleLine{},
                printer::QrCode{"BIANMIN PRINT TEST"},
                printer::TextLine{"看得清，切得断，就是好的", Align::center},
                printer::Feed{2}};
  return slip;
}

int tell(const Result<printer::PrintOutcome>& outcome) {
  if (!outcome) return fail(outcome.error());
  if (*outcome == printer::PrintOutcome::printed) {
    std::puts("printed: the printer confirmed the slip up to its cut");
    return exit_ok;
  }
  std::puts("doubtful: all was sent, but the printer did not confirm it; look at the paper");
  return exit_no;
}

int print_test(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (!arguments->words().empty()) return exit_usage;
  const SystemClock clock;
  EventLoop loop(clock);
  Log log(clock, stderr, LogLevel::warning);
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  const auto printer = make_device<printer::ReceiptPrinter>("receipt-printer", **bus, loop, &log);
  printer->watch([](DeviceState state) {
    std::fprintf(stderr, "printer: %.*s\n", static_cast<int>(state.code.size()), state.code.data());
  });
  loop.after(limit_ms, [&] { printer->cancel(); });
  printer->print(test_slip(clock), [&](Result<printer::PrintOutcome> outcome) { loop.quit(tell(outcome)); });
  return loop.run();
}

}  // namespace

const Command print_test_command = {"print-test", "", "print a test slip and say whether it came out",
                                    print_test};

}  // namespace bianmin::kioskctl
