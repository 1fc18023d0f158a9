#include "sync/hub/web/flood_meter.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/sync/hub/web/http2_frames.hpp"

namespace bianmin::hub {

using test::frame;

TEST_CASE("frames are counted the same in pieces of any size") {
  Bytes input = test::opening();
  append(input, test::request_headers(1, "/v1/records"));
  append(input, frame(0x0, 0, 1, Bytes(5'000)));
  for (int count = 0; count < ping_frames_max; ++count) append(input, frame(0x6, 0, 0, Bytes(8)));
  for (const std::size_t split : {1U, 2U, 9U, 10U, 100'000U}) {
    const FakeClock clock;
    FloodMeter meter(clock);
    for (std::size_t at = 0; at < input.size(); at += split) {
      REQUIRE(meter.accept(ByteView(input).subspan(at, std::min(split, input.size() - at))));
    }
    CHECK_FALSE(meter.accept(frame(0x6, 0, 0, Bytes(8))));
  }
}

TEST_CASE("each kind has a number of its own, and a new window begins at nothing") {
  FakeClock clock;
  FloodMeter meter(clock);
  REQUIRE(meter.accept(test::opening()));
  for (int round = 0; round < 3; ++round) {
    for (int count = 0; count < ping_frames_max; ++count) REQUIRE(meter.accept(frame(0x6, 0, 0, Bytes(8))));
    for (int count = 0; count < resets_max; ++count) REQUIRE(meter.stream_reset());
    for (int count = 1; count < settings_frames_max; ++count) REQUIRE(meter.accept(frame(0x4, 0, 0, {})));
    clock.advance(flood_window_ms);
  }
  for (int count = 0; count < resets_max; ++count) REQUIRE(meter.stream_reset());
  CHECK_FALSE(meter.stream_reset());
}

TEST_CASE("requests, their bodies and the windows of large answers are not counted as a flood") {
  const FakeClock clock;
  FloodMeter meter(clock);
  REQUIRE(meter.accept(test::opening()));
  for (std::uint32_t at = 0; at < 4'000; ++at) {
    REQUIRE(meter.accept(test::request_headers(at * 2 + 1, "/v1/records")));
    REQUIRE(meter.accept(frame(0x0, test::end_stream, at * 2 + 1, at % 2 == 0 ? Bytes(100) : Bytes())));
    REQUIRE(meter.accept(frame(0x8, 0, 0, {0, 0, 1, 0})));
  }
}

}  // namespace bianmin::hub
