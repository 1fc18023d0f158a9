// kioskctl print-test [--a4 | --to FILE.bin [--model NAME] [--paper 58|80] | --models]
#include <fmt/format.h>

#include <cstdio>

#include "drivers/printer/escpos_encoder.hpp"
#include "drivers/printer/receipt_printer.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/device_table.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/print_page.hpp"
#include "terminal/kioskctl/print_test_page.hpp"
#include "terminal/slip_type.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t limit_ms = 60'000;
constexpr std::int64_t a4_limit_ms = 180'000;  // a laser printer may have slept

void watch(Device& printer) {
  printer.watch([](DeviceState state) {
    std::fprintf(stderr, "printer: %.*s\n", static_cast<int>(state.code.size()), state.code.data());
  });
}

int tell(const Result<printer::PrintOutcome>& outcome, const char* what) {
  if (!outcome) return fail(outcome.error());
  if (*outcome == printer::PrintOutcome::printed) {
    std::printf("printed: the printer confirmed the %s\n", what);
    return exit_ok;
  }
  std::puts("doubtful: all was sent, but the printer did not confirm it; look at the paper");
  return exit_no;
}

// What would be sent to a printer of that model.
int write_page(const Clock& clock, const Arguments& arguments) {
  const std::string paper = arguments.value("paper", "80");
  if (paper != "58" && paper != "80") return exit_usage;
  printer::SlipFormat format;
  format.width = paper == "58" ? printer::PaperWidth::mm58 : printer::PaperWidth::mm80;
  format.profile = printer::find_profile(0, 0, arguments.value("model"));
  format.raster = slip_text_raster();
  const auto page = printer::encode_escpos(print_test_page(local_stamp(clock.utc_ms())), format);
  if (!page) return fail(page.error());
  Bytes bytes = page->body;
  append(bytes, page->cut);
  append(bytes, page->hand);
  if (auto written = write_file_durably(arguments.value("to"), bytes); !written) return fail(written.error());
  std::printf("%zu bytes for: %.*s\n", bytes.size(), static_cast<int>(format.profile.name.size()),
              format.profile.name.data());
  return exit_ok;
}

int print_a4(const Clock& clock, const Arguments& arguments) {
  if (arguments.has("to") || arguments.has("model") || arguments.has("paper")) return exit_usage;
  auto page = test_page(clock);
  if (!page) return fail(page.error());
  EventLoop loop(clock);
  Log log(clock, stderr, LogLevel::warning);
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  const auto printer = make_device<printer::PagePrinter>("page-printer", **bus, loop, &log);
  watch(*printer);
  loop.after(a4_limit_ms, [&] { printer->cancel(); });
  printer->print(std::move(*page),
                 [&](Result<printer::PrintOutcome> outcome) { loop.quit(tell(outcome, "page")); });
  return loop.run();
}

int list_models() {
  for (const printer::PrinterProfile& profile : printer::printer_profiles()) {
    const bool chinese = profile.text == printer::PrinterText::gb18030;
    std::string can = chinese ? "Chinese" : "Chinese drawn";
    can += profile.qr_code ? ", QR" : ", QR drawn";
    can += profile.code128 ? ", bars" : ", bars drawn";
    if (profile.cutter == printer::Cutter::none) can += ", no knife";
    if (profile.presenter.exists()) can += ", presenter";
    if (profile.process_id) can += ", may confirm";
    fmt::print("{:<24} {:>3} {:>3}  {}\n", profile.name, profile.mm58.columns, profile.mm80.columns, can);
  }
  return exit_ok;
}

int print_test(int argc, const char* const* argv) {
  const auto arguments =
      Arguments::parse(argc, argv, {{"a4"}, {"to", true}, {"model", true}, {"paper", true}, {"models"}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (!arguments->words().empty()) return exit_usage;
  if (arguments->has("models")) return list_models();
  const SystemClock clock;
  if (arguments->has("a4")) return print_a4(clock, *arguments);
  if (arguments->has("to")) return write_page(clock, *arguments);
  if (arguments->has("model") || arguments->has("paper")) return exit_usage;
  EventLoop loop(clock);
  Log log(clock, stderr, LogLevel::warning);
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  const auto printer = make_device<printer::ReceiptPrinter>("receipt-printer", **bus, loop, &log);
  watch(*printer);
  loop.after(limit_ms, [&] { printer->cancel(); });
  printer->print(print_test_page(local_stamp(clock.utc_ms())), [&](Result<printer::PrintOutcome> outcome) {
    loop.quit(tell(outcome, "slip up to its cut"));
  });
  return loop.run();
}

}  // namespace

const Command print_test_command = {
    "print-test", "[--a4 | --to FILE.bin [--model NAME] [--paper 58|80] | --models]",
    "print a test page and say whether it came out", print_test,
    "\n  The page shows the paper's width, styles, Chinese, scripts that are drawn, greys, QR, Code 128 and "
    "the cut.\n"
    "  --a4           a page of A4, on the page printer\n"
    "  --to FILE.bin  print nothing: write what would be sent, for print-preview\n"
    "  --model NAME   to a printer that calls itself so, TM-T88V; any other when nothing is said\n"
    "  --paper 58|80  on paper of so many millimetres; 80 when nothing is said\n"
    "  --models       print nothing: list the known models, their columns on 58 and 80 mm, and what they can "
    "do\n"};

}  // namespace bianmin::kioskctl
