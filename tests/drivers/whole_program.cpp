// A program that knows nothing of any emulator but its control socket: reads a card, prints a slip, scans a
// code. Run by kiosk-emulator, so that everything from open() to poll() is the real thing. Prints what it
// saw.
#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/emulator/control_client.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"

namespace bianmin {

namespace {

class Walk {
 public:
  explicit Walk(std::string socket) : socket_(std::move(socket)), log_(clock_, stderr), loop_(clock_) {}

  int run() {
    auto bus = usb::Bus::open(&log_);
    if (!bus) return fail("bus", bus.error().text());
    card::UsbIdCardReader reader(**bus, loop_, &log_);
    printer::EscposPrinter printer(**bus, loop_, &log_);
    scanner::UsbCodeScanner scanner(**bus, loop_, &log_);
    if (!until([&] {
          return reader.state().usable() && printer.state().usable() && scanner.state().usable();
        })) {
      return fail("start", "not all devices are ready");
    }
    if (const int failed = read(reader); failed != 0) return failed;
    if (const int failed = print(printer); failed != 0) return failed;
    if (const int failed = scan(scanner); failed != 0) return failed;
    return replug(reader);
  }

 private:
  static int fail(std::string_view step, std::string_view why) {
    fmt::print(stderr, "{}: {}\n", step, why);
    return 1;
  }
  std::string tell(std::string_view line) {
    const auto answer = emulator::emulator_command(socket_, line);
    return answer ? *answer : answer.error().text();
  }
  bool until(const std::function<bool()>& is_true) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_true() && std::chrono::steady_clock::now() < end) loop_.run_once(20);
    return is_true();
  }
  int read(card::UsbIdCardReader& reader) {
    std::optional<Result<card::IdCard>> result;
    reader.read([&](Result<card::IdCard> card) { result = std::move(card); });
    (void)tell("card on farmer");
    if (!until([&] { return result.has_value(); }) || !*result) return fail("card", "was not read");
    if ((*result)->number != "440524188001010014") return fail("card", "another card was read");
    return 0;
  }
  int print(printer::EscposPrinter& printer) {
    std::optional<Result<printer::PrintOutcome>> result;
    (void)tell("paper out-after 60");
    printer.print({{printer::TextLine{"便民服务回执", printer::Align::center, 2, true}, printer::RuleLine{},
                    printer::LabelLine{"办件号", "0721 3386 41"}, printer::QrCode{"BM1:0721338641"}}},
                  [&](Result<printer::PrintOutcome> outcome) { result = outcome; });
    if (!until([&] { return printer.state().code == "printer.paper_out"; }))
      return fail("printer", "paper is not out");
    (void)tell("paper in");
    if (!until([&] { return result.has_value(); }) || !*result) return fail("printer", "nothing was printed");
    if (**result != printer::PrintOutcome::printed) return fail("printer", "doubtful");
    const std::string count = tell("receipts");
    return count == "whole 1 partial 1" ? 0 : fail("printer", count);
  }
  int scan(scanner::UsbCodeScanner& scanner) {
    std::optional<Result<std::string>> code;
    scanner.listen([&](Result<std::string> scanned) { code = std::move(scanned); });
    (void)tell("scan BM1:0721338641 你好");
    if (!until([&] { return code.has_value(); }) || !*code) return fail("scanner", "nothing was scanned");
    return **code == "BM1:0721338641 你好" ? 0 : fail("scanner", "another text");
  }
  int replug(card::UsbIdCardReader& reader) {
    (void)tell("unplug reader");
    if (!until([&] { return reader.state().code == "absent"; })) return fail("replug", "not absent");
    (void)tell("plug reader");
    return until([&] { return reader.state().usable(); }) ? 0 : fail("replug", "not back");
  }

  std::string socket_;
  SystemClock clock_;
  Log log_;
  EventLoop loop_;
};

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  return bianmin::Walk(argv[1]).run();
}
