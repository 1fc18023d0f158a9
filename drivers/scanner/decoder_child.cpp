#include "drivers/scanner/decoder_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "drivers/scanner/image_file.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::scanner {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint32_t magic = 0x424D4631;
constexpr std::size_t request_byte_count = 5 * 4;
constexpr std::size_t answer_byte_max = 65'536;
constexpr std::size_t codes_max = 16;
constexpr int stop_look_ms = 50;  // how often a waiting parent looks whether it shall stop

const Error died{Remedy::retry_later, "image.decoder_died", "the decoder did not survive the picture"};
const Error slow{Remedy::retry_later, "image.decoder_slow", "the picture took too long"};

Bytes pack_request(const GrayImage& image, const LadderLimits& limits) {
  ByteWriter out;
  out.u32_be(magic)
      .u32_be(static_cast<std::uint32_t>(image.width))
      .u32_be(static_cast<std::uint32_t>(image.height))
      .u32_be(static_cast<std::uint32_t>(limits.budget_ms))
      .u32_be(static_cast<std::uint32_t>(limits.first_rung));
  return out.take();
}

struct Waiter {
  Steady::time_point until;
  std::stop_token stop;

  // Until the socket is ready for `events`. Errors: slow, "usb.cancelled".
  Result<void> wait(int fd, short events) const {
    for (;;) {
      if (stop.stop_requested()) return Error{Remedy::retry_later, "usb.cancelled", "decoding"};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
      if (left <= 0) return slow;
      pollfd ready{fd, events, 0};
      const int most = static_cast<int>(std::min<std::int64_t>(left, stop_look_ms));
      if (::poll(&ready, 1, most) > 0) return {};
    }
  }
};

Result<void> send_all(int fd, ByteView bytes, const Waiter& waiter) {
  while (!bytes.empty()) {
    if (auto ready = waiter.wait(fd, POLLOUT); !ready) return ready;
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return died;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<Bytes> receive(int fd, std::size_t byte_count, const Waiter& waiter) {
  Bytes out;
  while (out.size() < byte_count) {
    if (auto ready = waiter.wait(fd, POLLIN); !ready) return ready.error();
    std::array<std::uint8_t, 4'096> piece;
    const ssize_t count =
        ::recv(fd, piece.data(), std::min(piece.size(), byte_count - out.size()), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return died;
    append(out, ByteView(piece).first(static_cast<std::size_t>(count)));
  }
  return out;
}

// In the child: all of it, or the parent is gone.
bool read_whole(std::uint8_t* to, std::size_t byte_count) {
  while (byte_count > 0) {
    const ssize_t count = ::read(STDIN_FILENO, to, byte_count);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    byte_count -= static_cast<std::size_t>(count);
  }
  return true;
}

bool write_whole(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(STDIN_FILENO, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// What a dying library says is for nobody, and what it might be made to do ends here.
void give_up_rights() {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    (void)::dup2(nowhere, STDOUT_FILENO);
    (void)::dup2(nowhere, STDERR_FILENO);
    (void)::close(nowhere);
  }
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  (void)::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::setrlimit(RLIMIT_FSIZE, &none);
  (void)::setrlimit(RLIMIT_NOFILE, &none);
}

}  // namespace

Bytes pack_answer(const LadderResult& result) {
  ByteWriter out;
  const auto put = [&out](const std::string& text) {
    out.u32_be(static_cast<std::uint32_t>(text.size())).text(text);
  };
  out.u32_be(static_cast<std::uint32_t>(result.next_rung));
  put(result.rung);
  out.u32_be(static_cast<std::uint32_t>(result.codes.size()));
  for (const DecodedCode& code : result.codes) {
    put(code.format);
    put(code.text);
  }
  return out.take();
}

Result<LadderResult> unpack_answer(ByteView bytes) {
  ByteReader reader(bytes);
  LadderResult result;
  const auto text = [&reader] { return text_of(reader.take(reader.u32_be())); };
  result.next_rung = reader.u32_be();
  result.rung = text();
  const std::uint32_t count = reader.u32_be();
  for (std::uint32_t i = 0; i < count && i < codes_max && !reader.failed(); ++i) {
    DecodedCode code;
    code.format = text();
    code.text = text();
    if (code.text.empty() || !valid_utf8(code.text)) return died;
    result.codes.push_back(std::move(code));
  }
  if (!reader.at_end()) return died;
  return result;
}

DecoderChild::DecoderChild(std::vector<std::string> command) : command_(std::move(command)) {
  if (command_.empty()) command_ = {"/proc/self/exe", std::string(decode_frames_word)};
}

Result<void> DecoderChild::start() {
  if (running()) return {};
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return died;
  socket_.reset(ends[0]);
  const FileDescriptor of_child(ends[1]);
  Command command;
  command.words = command_;
  command.input_fd = of_child.get();
  auto child = ChildProcess::start(command);
  if (!child) return child.error();
  child_.emplace(std::move(*child));
  return {};
}

void DecoderChild::end() {
  child_.reset();
  socket_.reset();
}

Result<LadderResult> DecoderChild::decode(const GrayImage& image, const LadderLimits& limits, int deadline_ms,
                                          std::stop_token stop) {
  if (!image.valid()) return Error{Remedy::refuse, "image.broken", "no picture"};
  const Waiter waiter{Steady::now() + std::chrono::milliseconds(deadline_ms), std::move(stop)};
  if (auto started = start(); !started) return started.error();
  const auto answer = [&]() -> Result<Bytes> {
    if (auto sent = send_all(socket_.get(), pack_request(image, limits), waiter); !sent) return sent.error();
    if (auto sent = send_all(socket_.get(), image.pixels, waiter); !sent) return sent.error();
    const auto length = receive(socket_.get(), 4, waiter);
    if (!length) return length.error();
    const std::size_t byte_count = ByteReader(*length).u32_be();
    if (byte_count > answer_byte_max) return died;
    return receive(socket_.get(), byte_count, waiter);
  }();
  auto result = answer ? unpack_answer(*answer) : Result<LadderResult>(answer.error());
  if (!result) end();
  return result;
}

int serve_frames() {
  constexpr int exit_done = 0;
  constexpr int exit_failed = 1;
  give_up_rights();
  for (;;) {
    std::array<std::uint8_t, request_byte_count> request;
    if (!read_whole(request.data(), request.size())) return exit_done;
    ByteReader reader(request);
    if (reader.u32_be() != magic) return exit_failed;
    const std::uint32_t width = reader.u32_be();
    const std::uint32_t height = reader.u32_be();
    LadderLimits limits;
    limits.budget_ms = static_cast<int>(reader.u32_be());
    limits.first_rung = reader.u32_be();
    if (width > image_side_max || height > image_side_max || std::size_t{width} * height > image_pixel_max)
      return exit_failed;
    GrayImage image{static_cast<int>(width), static_cast<int>(height), {}};
    image.pixels.resize(std::size_t{width} * height);
    if (!read_whole(image.pixels.data(), image.pixels.size())) return exit_failed;
    const auto result = climb_ladder(image, limits);
    if (!result) return exit_failed;
    const Bytes answer = pack_answer(*result);
    if (answer.size() > answer_byte_max) return exit_failed;
    ByteWriter out;
    out.u32_be(static_cast<std::uint32_t>(answer.size())).bytes(answer);
    if (!write_whole(out.view())) return exit_done;
  }
}

}  // namespace bianmin::scanner
