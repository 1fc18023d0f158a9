// What costs a peer nothing and the hub something, counted: HTTP/2 frames of control, streams that are begun
// and reset (CVE-2023-44487, and those that the server is brought to reset, CVE-2025-8671), heads without an
// end (CVE-2024-27316).
//
// Reads the headers of frames alone (RFC 9113, 4.1), beside nghttp2, so that it holds with any version of it.
#pragma once

#include <array>
#include <cstdint>

#include "terminal/base/bytes.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::int64_t flood_window_ms = 10'000;
// In one window:
constexpr int resets_max = 100;  // an agent that gives up resets one stream now and then
constexpr int settings_frames_max = 20;
constexpr int ping_frames_max = 50;
constexpr int empty_data_frames_max = 100;  // without the end of a stream
constexpr int window_frames_max = 5'000;
constexpr int other_frames_max = 200;  // PRIORITY, GOAWAY, unknown ones
// In one head:
constexpr int continuation_frames_max = 8;
constexpr std::size_t head_block_bytes_max = 32 * 1024;

// Thread-bound.
class FloodMeter {
 public:
  explicit FloodMeter(const Clock& clock) : clock_(clock) {}
  // The next bytes of the peer, in pieces of any size, from the connection's beginning. False: too much.
  bool accept(ByteView bytes);
  // A stream has ended with an error, whoever said so. False: too many.
  bool stream_reset();

 private:
  enum Kind : std::size_t { resets, settings, pings, empty_data, windows, others, kind_count };
  bool frame_begins();
  bool head_continues(std::uint8_t type, std::size_t size);
  bool count(Kind kind, int most);

  const Clock& clock_;
  std::int64_t window_began_ms_ = 0;
  std::array<int, kind_count> counts_{};
  std::size_t skip_ = 24;  // the preface, then each frame's payload
  std::array<std::uint8_t, 9> header_{};
  std::size_t header_size_ = 0;
  int continuations_ = 0;
  std::size_t head_bytes_ = 0;
};

}  // namespace bianmin::hub
