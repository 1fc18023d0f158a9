// Bytes, the one bounds-checked reader for hostile input, its writer, and hex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

ByteView view_of(std::string_view text);  // borrows `text`
Bytes bytes_of(std::string_view text);
std::string text_of(ByteView bytes);
void append(Bytes& to, ByteView more);

std::string to_hex(ByteView bytes);             // lower case, no separators
Result<Bytes> from_hex(std::string_view text);  // error "bytes.bad_hex"

std::string to_base64(ByteView bytes);             // RFC 4648, section 4, padded
Result<Bytes> from_base64(std::string_view text);  // canonical and padded alone; error "bytes.bad_base64"

// Same result as ==, in a time that does not depend on where the first difference is.
bool equal_constant_time(ByteView a, ByteView b);

// Reads from borrowed bytes and never past their end. The first read that does not fit sets failed(), and
// from then on every read returns zeros or an empty view: check once, at the end.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16_be();
  std::uint16_t u16_le();
  std::uint32_t u32_be();
  std::uint32_t u32_le();
  std::uint64_t u64_be();
  ByteView take(std::size_t count);  // borrows from the input
  ByteView rest();
  void skip(std::size_t count) { (void)take(count); }

  std::size_t left() const { return failed_ ? 0 : bytes_.size() - at_; }
  std::size_t position() const { return at_; }
  bool failed() const { return failed_; }
  bool at_end() const { return !failed_ && at_ == bytes_.size(); }

 private:
  std::uint64_t big_endian(std::size_t count);
  std::uint64_t little_endian(std::size_t count);

  ByteView bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

class ByteWriter {
 public:
  ByteWriter& u8(std::uint8_t value);
  ByteWriter& u16_be(std::uint16_t value);
  ByteWriter& u16_le(std::uint16_t value);
  ByteWriter& u32_be(std::uint32_t value);
  ByteWriter& u32_le(std::uint32_t value);
  ByteWriter& u64_be(std::uint64_t value);
  ByteWriter& bytes(ByteView value);
  ByteWriter& text(std::string_view value) { return bytes(view_of(value)); }

  const Bytes& view() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

}  // namespace bianmin
