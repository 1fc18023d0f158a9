// The kernel's own USB printer (usb_f_printer) between our driver and our printer: for a real kernel alone,
// see image/guest/suites/gadget-printer. One thread is what stands behind the gadget's device file: it reads
// what the host sent and writes the printer's answers. The other is the driver, as a terminal runs it. What
// arrives is compared byte by byte. Prints what it saw.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/escpos_printer.hpp"

namespace bianmin {

namespace {

using emulator::PrinterModel;
using printer::PrintOutcome;

printer::Document slip(int number) {
  return {{printer::TextLine{"便民服务回执", printer::Align::center, 2, true}, printer::RuleLine{},
           printer::LabelLine{"办件号", fmt::format("0721 3386 {:02}", number)},
           printer::LabelLine{"事项", "养老待遇资格认证"},
           printer::QrCode{fmt::format("BM1:07213386{:02}", number)},
           printer::TextLine{"已经存好，可以放心离开。"}}};
}

// What has to be on the piece: the slip, and its end.
Bytes expected_bytes(int number) {
  const auto body = printer::encode_escpos(slip(number), {});
  const auto end = printer::encode_escpos(
      {{printer::TextLine{std::string(printer::slip_end_mark), printer::Align::center}}}, {});
  if (!body || !end) return {};
  Bytes bytes = body->body;
  append(bytes, end->body);
  append(bytes, end->cut);
  return bytes;
}

// The mechanism behind the gadget.
class Mechanism {
 public:
  explicit Mechanism(const char* path) : file_(open(path, O_RDWR | O_NONBLOCK)) {}
  ~Mechanism() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    if (file_ >= 0) close(file_);
  }
  Mechanism(const Mechanism&) = delete;
  Mechanism& operator=(const Mechanism&) = delete;

  bool start() {
    if (file_ < 0) return false;
    thread_ = std::thread([this] { work(); });
    return true;
  }
  template <typename Function>
  auto change(Function function) {
    const std::lock_guard lock(mutex_);
    return function(model_);
  }

 private:
  void work() {
    constexpr int wait_ms = 5;
    while (!stop_) {
      pollfd ready{file_, POLLIN, 0};
      (void)poll(&ready, 1, wait_ms);
      take();
      give();
    }
  }
  void take() {
    std::array<std::uint8_t, 4'096> bytes;
    const ssize_t count = read(file_, bytes.data(), bytes.size());
    if (count <= 0) return;  // nothing yet, or nobody has set it up
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.begin() + count);
  }
  void give() {
    const std::lock_guard lock(mutex_);
    const std::size_t taken = model_.take(0x01, waiting_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
    while (!unsent_.empty() || next_answer()) {
      const ssize_t count = write(file_, unsent_.data(), unsent_.size());
      if (count <= 0) return;
      unsent_.erase(unsent_.begin(), unsent_.begin() + count);
    }
  }
  bool next_answer() {
    auto answer = model_.give(0x82);
    if (!answer) return false;
    unsent_ = std::move(*answer);
    return !unsent_.empty();
  }

  int file_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
  Bytes waiting_;  // the mechanism's thread, as the next
  Bytes unsent_;
  std::mutex mutex_;
  PrinterModel model_;
};

class Walk {
 public:
  explicit Walk(const char* path) : mechanism_(path), log_(clock_, stderr), loop_(clock_) {}

  int run() {
    if (!mechanism_.start()) return fail("gadget", "its device file does not open");
    auto bus = usb::Bus::open(&log_);
    if (!bus) return fail("bus", bus.error().text());
    printer::EscposPrinter printer(**bus, loop_, &log_);
    if (!until([&] { return printer.state().usable(); })) return fail("start", "the printer is not ready");
    if (const int failed = print_many(printer); failed != 0) return failed;
    if (const int failed = run_out_of_paper(printer); failed != 0) return failed;
    return open_cover(printer);
  }

 private:
  static int fail(std::string_view step, std::string_view why) {
    fmt::print(stderr, "{}: {}\n", step, why);
    return 1;
  }
  bool until(const std::function<bool()>& is_true) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!is_true() && std::chrono::steady_clock::now() < end) loop_.run_once(20);
    return is_true();
  }
  void begin(printer::EscposPrinter& printer, int number) {
    outcome_.reset();
    printer.print(slip(number), [this](Result<PrintOutcome> outcome) { outcome_ = std::move(outcome); });
  }
  bool printed_exactly(int number) {
    if (!until([&] { return outcome_.has_value(); }) || !*outcome_) return false;
    const Bytes bytes = mechanism_.change([](PrinterModel& model) { return model.last_whole_bytes(); });
    return **outcome_ == PrintOutcome::printed && bytes == expected_bytes(number);
  }
  int whole() {
    return mechanism_.change([](PrinterModel& model) { return model.whole_count(); });
  }

  int print_many(printer::EscposPrinter& printer) {
    constexpr int slips = 10;
    const auto start = std::chrono::steady_clock::now();
    for (int number = 0; number < slips; ++number) {
      begin(printer, number);
      if (!printed_exactly(number)) return fail("slips", fmt::format("number {} is another one", number));
    }
    const auto took = std::chrono::steady_clock::now() - start;
    if (whole() != slips) return fail("slips", fmt::format("{} whole ones", whole()));
    fmt::print("{} slips of {} bytes, each byte as it was made and each confirmed; {} ms each\n", slips,
               expected_bytes(0).size(),
               std::chrono::duration_cast<std::chrono::milliseconds>(took).count() / slips);
    return 0;
  }
  int run_out_of_paper(printer::EscposPrinter& printer) {
    const int before = whole();
    mechanism_.change([](PrinterModel& model) { model.paper_out_after(100); });
    begin(printer, 50);
    if (!until([&] { return printer.state().code == "printer.paper_out"; })) return fail("paper", "not out");
    mechanism_.change([](PrinterModel& model) { model.set_paper(true); });
    if (!printed_exactly(50) || whole() != before + 1) return fail("paper", "not one whole slip");
    fmt::print("paper out in the middle: one whole slip followed by itself\n");
    return 0;
  }
  int open_cover(printer::EscposPrinter& printer) {
    mechanism_.change([](PrinterModel& model) { model.set_cover(true); });
    if (!until([&] { return printer.state().code == "printer.cover_open"; }))
      return fail("cover", "not open");
    begin(printer, 51);
    mechanism_.change([](PrinterModel& model) { model.set_cover(false); });
    if (!printed_exactly(51)) return fail("cover", "the slip that waited");
    fmt::print("cover open, and closed: the slip that waited is printed\n");
    return 0;
  }

  Mechanism mechanism_;
  SystemClock clock_;
  Log log_;
  EventLoop loop_;
  std::optional<Result<PrintOutcome>> outcome_;
};

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  return bianmin::Walk(argv[1]).run();
}
