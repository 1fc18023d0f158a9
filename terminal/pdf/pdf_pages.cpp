#include "terminal/pdf/pdf_pages.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "terminal/base/child_process.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::pdf {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int stop_look_ms = 50;  // how often a waiting parent looks whether it shall stop
constexpr std::size_t rows_at_once = 64;

const Error died{Remedy::refuse, "pdf.died", "what reads the file did not survive it"};

std::string_view code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::locked:
      return "pdf.locked";
    case Verdict::too_long:
      return "pdf.too_long";
    case Verdict::incomplete:
      return "pdf.incomplete";
    default:
      return "pdf.broken";
  }
}

// The other end of the child's stdin.
class Line {
 public:
  Line(int fd, int deadline_ms, const std::stop_token& stop)
      : fd_(fd), until_(Steady::now() + std::chrono::milliseconds(deadline_ms)), stop_(stop) {}

  Result<void> send(ByteView bytes) {
    while (!bytes.empty()) {
      if (auto ready = wait(POLLOUT); !ready) return ready;
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (count <= 0) return died;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<void> fill(std::span<std::uint8_t> room) {
    while (!room.empty()) {
      if (auto ready = wait(POLLIN); !ready) return ready;
      const ssize_t count = ::recv(fd_, room.data(), room.size(), MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (count <= 0) return died;
      room = room.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<void> good_verdict() {
    std::array<std::uint8_t, 1> byte{};
    if (auto filled = fill(byte); !filled) return filled;
    if (byte[0] > static_cast<std::uint8_t>(Verdict::incomplete)) return died;
    const auto verdict = static_cast<Verdict>(byte[0]);
    if (verdict == Verdict::good) return {};
    return Error{Remedy::refuse, code_of(verdict), {}};
  }

 private:
  Result<void> wait(short events) const {
    for (;;) {
      if (stop_.stop_requested()) return Error{Remedy::retry_later, "pdf.stopped", {}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Steady::now()).count();
      if (left <= 0) return Error{Remedy::refuse, "pdf.slow", {}};
      pollfd ready{fd_, events, 0};
      const int most = static_cast<int>(std::min<std::int64_t>(left, stop_look_ms));
      if (::poll(&ready, 1, most) > 0) return {};
    }
  }

  int fd_;
  Steady::time_point until_;
  std::stop_token stop_;
};

Result<void> take_page(Line& line, std::size_t page, const TakeRows& take) {
  SecretBytes packed;
  SecretBytes grey;
  for (std::size_t done = 0; done < a4_height_px;) {
    const std::size_t count = std::min<std::size_t>(rows_at_once, a4_height_px - done);
    packed.resize(count * row_byte_count);
    if (auto filled = line.fill(packed); !filled) return filled;
    grey.resize(packed.size() * 8);
    for (std::size_t x = 0; x < grey.size(); ++x) grey[x] = packed[x / 8] >> (7 - x % 8) & 1U ? 0 : 255;
    if (auto taken = take(page, grey); !taken) return taken;
    done += count;
  }
  return {};
}

Result<std::size_t> converse(Line& line, ByteView file, const TakeRows& take) {
  ByteWriter request;
  request.u32_be(request_magic).u32_be(static_cast<std::uint32_t>(file.size()));
  if (auto sent = line.send(request.view()); !sent) return sent.error();
  if (auto sent = line.send(file); !sent) return sent.error();
  if (auto good = line.good_verdict(); !good) return good.error();
  std::array<std::uint8_t, 1> count{};
  if (auto filled = line.fill(count); !filled) return filled.error();
  if (count[0] == 0 || count[0] > pages_max) return died;
  for (std::size_t page = 0; page < count[0]; ++page) {
    if (auto taken = take_page(line, page, take); !taken) return taken.error();
  }
  if (auto good = line.good_verdict(); !good) return good.error();
  return std::size_t{count[0]};
}

std::vector<std::string> renderer_beside_us() {
  std::error_code failed;
  return {(std::filesystem::read_symlink("/proc/self/exe", failed).parent_path() / "kiosk-pdf").string()};
}

}  // namespace

Result<std::size_t> draw_pages(ByteView file, const std::vector<std::string>& command, const TakeRows& take,
                               int deadline_ms, const std::stop_token& stop) {
  if (file.empty() || file.size() > file_size_max) return Error{Remedy::refuse, "pdf.broken", {}};
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return died;
  const FileDescriptor ours(ends[0]);
  FileDescriptor of_child(ends[1]);
  Command start;
  start.words = command.empty() ? renderer_beside_us() : command;
  start.input_fd = of_child.get();
  auto child = ChildProcess::start(start);  // killed when this returns
  if (!child) return child.error();
  of_child.reset();
  Line line(ours.get(), deadline_ms, stop);
  return converse(line, file, take);
}

}  // namespace bianmin::pdf
