#include "sync/hub/web/flood_meter.hpp"

#include <algorithm>

namespace bianmin::hub {

namespace {

enum FrameType : std::uint8_t {
  data_frame = 0,
  headers_frame = 1,
  reset_frame = 3,
  settings_frame = 4,
  ping_frame = 6,
  window_update_frame = 8,
  continuation_frame = 9,
};
constexpr std::uint8_t flag_end_stream = 0x1;

}  // namespace

bool FloodMeter::accept(ByteView bytes) {
  while (!bytes.empty()) {
    if (skip_ > 0) {
      const std::size_t passed = std::min(skip_, bytes.size());
      skip_ -= passed;
      bytes = bytes.subspan(passed);
      continue;
    }
    header_[header_size_++] = bytes.front();
    bytes = bytes.subspan(1);
    if (header_size_ < header_.size()) continue;
    header_size_ = 0;
    if (!frame_begins()) return false;
  }
  return true;
}

bool FloodMeter::frame_begins() {
  skip_ = (std::size_t{header_[0]} << 16U) | (std::size_t{header_[1]} << 8U) | header_[2];
  const std::uint8_t type = header_[3];
  const std::uint8_t flags = header_[4];
  switch (type) {
    case headers_frame:
    case continuation_frame:
      return head_continues(type, skip_);
    case data_frame:
      if (skip_ > 0 || (flags & flag_end_stream) != 0) return true;
      return count(empty_data, empty_data_frames_max);
    case reset_frame:
      return true;  // counted where its stream ends
    case settings_frame:
      return count(settings, settings_frames_max);
    case ping_frame:
      return count(pings, ping_frames_max);
    case window_update_frame:
      return count(windows, window_frames_max);
    default:
      return count(others, other_frames_max);
  }
}

bool FloodMeter::head_continues(std::uint8_t type, std::size_t size) {
  if (type == headers_frame) {
    continuations_ = 0;
    head_bytes_ = 0;
  } else {
    ++continuations_;
  }
  head_bytes_ += size;
  return continuations_ <= continuation_frames_max && head_bytes_ <= head_block_bytes_max;
}

bool FloodMeter::stream_reset() { return count(resets, resets_max); }

bool FloodMeter::count(Kind kind, int most) {
  const std::int64_t now_ms = clock_.steady_ms();
  if (now_ms - window_began_ms_ >= flood_window_ms) {
    window_began_ms_ = now_ms;
    counts_ = {};
  }
  return ++counts_[kind] <= most;
}

}  // namespace bianmin::hub
