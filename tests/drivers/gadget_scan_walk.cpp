// A serial scanner that the kernel itself makes (usb_f_acm on dummy_hcd): for a real kernel alone, see
// image/guest/suites/gadget-scanner. Codes are written into the gadget's device file (/dev/ttyGS0, the
// argument) as a scanner sends them; the driver is as a terminal runs it. Each code has to be told once, byte
// by byte.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>

#include "drivers/scanner/usb_code_scanner.hpp"
#include "terminal/base/files.hpp"

namespace bianmin {

namespace {

struct Code {
  std::string text;
  std::string end;  // a line end, as serial scanners have it; empty: a pause
};

std::vector<Code> codes() {
  std::vector<Code> all;
  int number = 0;
  for (const char* end : {"\r", "\n", "\r\n", ""}) {
    for (const std::size_t length : {1U, 14U, 55U, 56U, 63U, 64U, 65U, 128U, 511U, 512U, 513U, 4'096U}) {
      std::string text = fmt::format("{}:", ++number);
      while (text.size() < length) text += static_cast<char>('!' + text.size() % 90);
      all.push_back({text.substr(0, length), end});
    }
    all.push_back({"便民服务站 0721338641", end});
  }
  return all;
}

class Sender {
 public:
  explicit Sender(const char* path) : file_(::open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
    termios settings{};
    if (::tcgetattr(file_.get(), &settings) != 0) return;
    ::cfmakeraw(&settings);
    (void)::tcsetattr(file_.get(), TCSANOW, &settings);
  }
  bool send(const Code& code) {
    constexpr int patience_ms = 10'000;
    const std::string all = code.text + code.end;
    for (std::string_view left = all; !left.empty();) {
      pollfd ready{file_.get(), POLLOUT, 0};
      if (::poll(&ready, 1, patience_ms) <= 0) return false;
      const ssize_t count = ::write(file_.get(), left.data(), left.size());
      if (count < 0 && errno != EAGAIN) return false;
      if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  FileDescriptor file_;
};

int fail(std::string_view why) {
  fmt::print(stderr, "{}\n", why);
  return 1;
}

int walk(const char* path) {
  const SystemClock clock;
  Log log(clock, stderr);
  EventLoop loop(clock);
  const auto until = [&loop](const std::function<bool()>& is_true) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_true() && std::chrono::steady_clock::now() < end) loop.run_once(20);
    return is_true();
  };
  Sender sender(path);
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error().text());
  scanner::UsbCodeScanner scanner(**bus, loop, &log);
  std::vector<Result<std::string>> heard;
  scanner.listen([&heard](Result<std::string> code) { heard.push_back(std::move(code)); });
  if (!until([&] { return scanner.state().usable(); })) return fail("the scanner is not ready");
  const auto start = std::chrono::steady_clock::now();
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (const Code& code : codes()) {
    if (!sender.send(code)) return fail(fmt::format("code {} cannot be sent", count));
    if (!until([&] { return heard.size() > count; })) return fail(fmt::format("code {} is not told", count));
    if (heard.size() != count + 1 || !heard[count] || *heard[count] != code.text)
      return fail(fmt::format("code {} is another one: '{}', {} told", count,
                              heard[count] ? *heard[count] : std::string(heard[count].error().code),
                              heard.size()));
    bytes += code.text.size();
    ++count;
  }
  (void)until([start_of_quiet = std::chrono::steady_clock::now()] {
    return std::chrono::steady_clock::now() - start_of_quiet > std::chrono::seconds(1);
  });
  if (heard.size() != count) return fail("more was told than was sent");
  const auto took = std::chrono::steady_clock::now() - start;
  fmt::print("{} codes, {} bytes, each byte as it was sent; {} ms\n", count, bytes,
             std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  return 0;
}

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) { return argc == 2 ? bianmin::walk(argv[1]) : 64; }
