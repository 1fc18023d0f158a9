// BER-TLV as cards write it, ISO/IEC 7816-4 annex and X.690. Pure; hostile bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "terminal/base/bytes.hpp"

namespace bianmin::card::iso7816 {

constexpr std::size_t tlv_tag_byte_max = 4;
constexpr std::size_t tlv_length_byte_max = 3;  // after the byte that counts them
constexpr int tlv_depth_max = 8;

struct Tlv {
  std::uint32_t tag = 0;  // all its bytes, "DF21" is 0xDF21
  bool constructed = false;
  ByteView value;  // borrows from the input
};

// One object after the other, on one level. Bytes 00 and FF between objects are skipped, as 7816-4 allows.
class TlvReader {
 public:
  explicit TlvReader(ByteView bytes) : reader_(bytes) {}
  // The next object; nothing at the end, or at bytes that are no object: then failed().
  std::optional<Tlv> next();
  bool failed() const { return failed_; }

 private:
  std::optional<Tlv> fail();

  ByteReader reader_;
  bool failed_ = false;
};

// The value at the end of a path of tags, each inside the one before: {0x70, 0xBF8101, 0xA0, 0x9B}.
std::optional<ByteView> find_tlv(ByteView bytes, std::span<const std::uint32_t> path);

// The value of the first object with this tag, on this level or in any constructed object down to
// tlv_depth_max: for control information, whose wrapping differs from card to card.
std::optional<ByteView> find_tlv_anywhere(ByteView bytes, std::uint32_t tag);

// How many bytes the first object takes, its tag and length included; nothing when they cannot be read. The
// value need not be there as a whole.
std::optional<std::size_t> tlv_byte_count(ByteView start);

}  // namespace bianmin::card::iso7816
