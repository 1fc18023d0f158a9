// SHA-256, SHA-384, SHA-512 and random bytes. Thread-safe. Neither can fail: a process without them must not
// go on, so it aborts.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "terminal/base/bytes.hpp"

struct evp_md_ctx_st;

namespace bianmin::seal {

using Digest = std::array<std::uint8_t, 32>;

using Digest384 = std::array<std::uint8_t, 48>;
using Digest512 = std::array<std::uint8_t, 64>;

Digest sha256(ByteView bytes);
Digest384 sha384(ByteView bytes);  // what electronic IDs sign
Digest512 sha512(ByteView bytes);  // what X-Road answers are tied to their requests with

// Of what is too large to be held: update() with each piece, then finish() once. Thread-bound.
class Sha256 {
 public:
  Sha256();
  void update(ByteView piece);
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

void fill_random(std::span<std::uint8_t> to);
Bytes random_bytes(std::size_t count);

}  // namespace bianmin::seal
