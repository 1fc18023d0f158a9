#include "tests/bench/frame_buffer.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "terminal/base/files.hpp"

namespace bianmin::bench {

namespace {

constexpr auto look_again = std::chrono::milliseconds(20);
constexpr int looks_max = 500;
// The X window dump in Xvfb's file (X11/XWDFile.h): 32-bit words, most significant byte first.
constexpr int word_header_byte_count = 0;
constexpr int word_bytes_per_line = 12;
constexpr int word_colour_count = 19;
constexpr std::size_t header_byte_min = 100;
constexpr std::size_t colour_byte_count = 12;

Error no_display(const char* detail) { return {Remedy::call_staff, "bench.no_display", detail}; }

}  // namespace

Result<FrameBuffer> FrameBuffer::start(const std::filesystem::path& folder, int width, int height) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const auto log = folder / "display";
  const std::string size = std::to_string(width) + "x" + std::to_string(height) + "x24";
  auto server = ChildProcess::start(
      {{"Xvfb", "-displayfd", "1", "-screen", "0", size, "-fbdir", folder.string(), "-nolisten", "tcp"},
       {},
       log,
       false});
  if (!server) return server.error();
  std::string number;
  for (int i = 0; i < looks_max && server->running(); ++i) {
    std::ifstream lines(log);  // warnings of the server may stand there too
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line.find_first_not_of("0123456789") == std::string::npos && !lines.eof()) {
        number = line;
      }
    }
    if (!number.empty()) break;
    std::this_thread::sleep_for(look_again);
  }
  if (number.empty()) return no_display("Xvfb does not start");
  FrameBuffer out(std::move(*server), ":" + number);
  if (auto mapped = out.map(folder / "Xvfb_screen0"); !mapped) return mapped.error();
  return out;
}

Result<void> FrameBuffer::map(const std::filesystem::path& file) {
  const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0) return no_display("no frame buffer");
  byte_count_ = static_cast<std::size_t>(status.st_size);
  void* mapped = ::mmap(nullptr, byte_count_, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED || byte_count_ < header_byte_min) return no_display("no frame buffer");
  bytes_ = static_cast<const std::uint8_t*>(mapped);
  first_pixel_ = header(word_header_byte_count) + header(word_colour_count) * colour_byte_count;
  stride_ = header(word_bytes_per_line);
  return {};
}

FrameBuffer::FrameBuffer(FrameBuffer&& other) noexcept
    : server_(std::move(other.server_)),
      display_(std::move(other.display_)),
      bytes_(std::exchange(other.bytes_, nullptr)),
      byte_count_(other.byte_count_),
      first_pixel_(other.first_pixel_),
      stride_(other.stride_) {}

FrameBuffer::~FrameBuffer() {
  if (bytes_ != nullptr) ::munmap(const_cast<std::uint8_t*>(bytes_), byte_count_);
}

std::uint32_t FrameBuffer::header(int index) const {
  const std::uint8_t* word = bytes_ + index * 4;
  return std::uint32_t{word[0]} << 24 | std::uint32_t{word[1]} << 16 | std::uint32_t{word[2]} << 8 | word[3];
}

std::uint32_t FrameBuffer::pixel(int x, int y) const {
  const std::size_t at =
      first_pixel_ + static_cast<std::size_t>(y) * stride_ + static_cast<std::size_t>(x) * 4;
  std::uint32_t value = 0;
  if (at + sizeof value <= byte_count_) std::memcpy(&value, bytes_ + at, sizeof value);
  return value & 0xFFFFFF;
}

}  // namespace bianmin::bench
