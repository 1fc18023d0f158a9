#include "terminal/pdf/pdf_pages.hpp"

#include <sys/socket.h>

#include <array>
#include <filesystem>

#include "terminal/base/child_line.hpp"
#include "terminal/base/child_process.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::pdf {

namespace {

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

Result<void> good_verdict(const ChildLine& line) {
  std::array<std::uint8_t, 1> byte{};
  if (auto filled = line.fill(byte); !filled) return filled;
  if (byte[0] > static_cast<std::uint8_t>(Verdict::incomplete)) return died;
  const auto verdict = static_cast<Verdict>(byte[0]);
  if (verdict == Verdict::good) return {};
  return Error{Remedy::refuse, code_of(verdict), {}};
}

Result<void> take_page(const ChildLine& line, std::size_t page, const TakeRows& take) {
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

Result<std::size_t> converse(const ChildLine& line, ByteView file, const TakeRows& take) {
  ByteWriter request;
  request.u32_be(request_magic).u32_be(static_cast<std::uint32_t>(file.size()));
  if (auto sent = line.send(request.view()); !sent) return sent.error();
  if (auto sent = line.send(file); !sent) return sent.error();
  if (auto good = good_verdict(line); !good) return good.error();
  std::array<std::uint8_t, 1> count{};
  if (auto filled = line.fill(count); !filled) return filled.error();
  if (count[0] == 0 || count[0] > pages_max) return died;
  for (std::size_t page = 0; page < count[0]; ++page) {
    if (auto taken = take_page(line, page, take); !taken) return taken.error();
  }
  if (auto good = good_verdict(line); !good) return good.error();
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
  const ChildLine line(ours.get(), deadline_ms, stop,
                       {died, {Remedy::refuse, "pdf.slow", {}}, {Remedy::retry_later, "pdf.stopped", {}}});
  return converse(line, file, take);
}

}  // namespace bianmin::pdf
