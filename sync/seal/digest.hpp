// SHA-256, SHA-384, SHA-512 and random bytes. Thread-safe. Neither can fail: a process without them must not
// go on, so it aborts.
#pragma once

#include <array>
#include <cstdint>

#include "terminal/base/bytes.hpp"

namespace bianmin::seal {

using Digest = std::array<std::uint8_t, 32>;

using Digest384 = std::array<std::uint8_t, 48>;
using Digest512 = std::array<std::uint8_t, 64>;

Digest sha256(ByteView bytes);
Digest384 sha384(ByteView bytes);  // what electronic IDs sign
Digest512 sha512(ByteView bytes);  // what X-Road answers are tied to their requests with
void fill_random(std::span<std::uint8_t> to);
Bytes random_bytes(std::size_t count);

}  // namespace bianmin::seal
