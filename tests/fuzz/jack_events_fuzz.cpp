// What an input device may have sent, in pieces of any length.
#include "drivers/pad/evdev_jack.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView events(data, size);
  const auto whole = pad::read_jack_events(events);
  if (size < 16 && (whole.in || whole.dropped)) __builtin_trap();  // shorter than any event
  return 0;
}
