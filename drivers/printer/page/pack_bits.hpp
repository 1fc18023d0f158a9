// Runs of bytes as TIFF's PackBits and PCL's compression method 2 have them: 0..127, then so many and one
// more bytes as they are; 129..255, then one byte that comes 257 minus so many times; 128 is skipped. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

// One piece of a row: a byte that is repeated, or bytes that are not. At most 128 of them.
struct Run {
  std::size_t count = 0;
  bool repeated = false;
};
Run next_run(ByteView bytes);  // `bytes` are not empty

void pack_bits(ByteView bytes, Bytes& to);
// Fills `out`, and says how many bytes of `packed` that took. Empty: there were too few, or a run goes past
// the end of `out`.
std::optional<std::size_t> unpack_bits(ByteView packed, std::span<std::uint8_t> out);

}  // namespace bianmin::printer
