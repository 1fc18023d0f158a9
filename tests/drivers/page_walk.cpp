// page_walk FILE: prints a page on the page printer that is plugged in, and writes what it should have got
// into FILE. Ends with 0 when all of it was taken. For image/guest/suites/gadget-page.
#include <cstdio>

#include "drivers/printer/page/page_stream.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "terminal/base/files.hpp"
#include "tests/drivers/drawn_page.hpp"

int main(int argc, char** argv) {
  using namespace bianmin;
  if (argc != 2) return 2;
  constexpr std::int64_t limit_ms = 120'000;
  const printer::PageJob job = drawn_job(1);
  Bytes wanted;
  const auto stream = printer::pwg_stream(job, printer::PwgColour::gray, 1);
  for (Bytes piece = stream->next(); !piece.empty(); piece = stream->next()) append(wanted, piece);
  if (!write_file_durably(argv[1], wanted)) return 1;
  const SystemClock clock;
  EventLoop loop(clock);
  Log log(clock, stderr, LogLevel::info);
  auto bus = usb::Bus::open(&log);
  if (!bus) return 1;
  printer::UsbPagePrinter printer(**bus, loop, &log);
  loop.after(limit_ms, [&] { printer.cancel(); });
  printer.print(job, [&](Result<printer::PrintOutcome> outcome) {
    std::printf("%s\n", outcome ? "sent" : std::string(outcome.error().code).c_str());
    loop.quit(outcome ? 0 : 1);
  });
  return loop.run();
}
