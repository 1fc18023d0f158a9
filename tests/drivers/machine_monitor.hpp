// The monitor of the virtual machine that a program runs in (QMP, JSON lines), through a port of the guest:
// what is plugged in, and who presses its keys, is up to the guest.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"

namespace bianmin {

class MachineMonitor {
 public:
  explicit MachineMonitor(const std::string& port)
      : port_(::open(port.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {}

  // Until the machine has done it. Blocks at most for the time limit.
  Result<void> execute(std::string_view line) {
    const std::string request = std::string(line) + "\n";
    if (::write(port_.get(), request.data(), request.size()) != static_cast<ssize_t>(request.size()))
      return failed("does not listen");
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    for (;;) {  // a greeting and events come in between
      auto said = next_line(end);
      if (!said) return said.error();
      const auto message = parse_json(*said);
      if (!message) return message.error();
      if (message->contains("return")) return {};
      if (message->contains("error")) return failed(*said);
    }
  }

 private:
  static constexpr int timeout_ms = 10'000;
  static constexpr std::size_t line_byte_max = 65'536;

  static Error failed(std::string detail) { return {Remedy::call_staff, "test.monitor", std::move(detail)}; }
  Result<std::string> next_line(std::chrono::steady_clock::time_point end) {
    for (std::size_t at = 0; (at = received_.find('\n')) == std::string::npos;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      pollfd wait{port_.get(), POLLIN, 0};
      std::array<char, 4'096> piece;
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0)
        return failed("no answer");
      const ssize_t count = ::read(port_.get(), piece.data(), piece.size());
      if (count <= 0 || received_.size() > line_byte_max) return failed("no line");
      received_.append(piece.data(), static_cast<std::size_t>(count));
    }
    const std::size_t length = received_.find('\n');
    std::string line = received_.substr(0, length);
    received_.erase(0, length + 1);
    return line;
  }

  FileDescriptor port_;
  std::string received_;
};

}  // namespace bianmin
