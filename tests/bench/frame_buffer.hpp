// A display without a screen whose pixels can be seen from outside: Xvfb with its frame buffer in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "terminal/base/child_process.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::bench {

class FrameBuffer {
 public:
  // Blocks until the display takes connections. Errors "bench.no_display", those of ChildProcess.
  static Result<FrameBuffer> start(const std::filesystem::path& folder, int width, int height);
  FrameBuffer(FrameBuffer&& other) noexcept;
  ~FrameBuffer();

  const std::string& display() const { return display_; }  // ":7"
  std::uint32_t pixel(int x, int y) const;                 // 0xRRGGBB, as it is now

 private:
  FrameBuffer(ChildProcess server, std::string display)
      : server_(std::move(server)), display_(std::move(display)) {}
  Result<void> map(const std::filesystem::path& file);
  std::uint32_t header(int index) const;

  ChildProcess server_;
  std::string display_;
  const std::uint8_t* bytes_ = nullptr;
  std::size_t byte_count_ = 0;
  std::size_t first_pixel_ = 0;
  std::size_t stride_ = 0;
};

}  // namespace bianmin::bench
