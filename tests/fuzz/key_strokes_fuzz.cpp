// A report descriptor, then reports of eight bytes that claim to follow it, as a pad might send them; the
// first byte says how long the descriptor is.
#include "drivers/pad/key_strokes.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const std::size_t cut = std::min<std::size_t>(data[0], input.size());
  const auto map = pad::parse_key_map({reinterpret_cast<const char*>(data), size});
  auto descriptor = hid::parse_report_descriptor(input.first(cut));
  if (!descriptor) return 0;
  pad::KeyStrokes strokes(std::move(*descriptor), map ? *map : pad::default_key_map(), 0);
  ByteView reports = input.subspan(cut);
  for (std::int64_t now_ms = 0; !reports.empty(); ++now_ms) {
    const std::size_t length = std::min<std::size_t>(8, reports.size());
    if (strokes.take(reports.first(length), now_ms).size() > 512 * 64) __builtin_trap();
    if (!strokes.take(reports.first(length), now_ms).empty()) __builtin_trap();  // nothing new went down
    reports = reports.subspan(length);
  }
  return 0;
}
