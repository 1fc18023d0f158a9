// The subset of CBOR that records use, canonical in both directions (RFC 8949 §4.2.1).
//
// Only unsigned numbers, byte strings, text, arrays and maps with ascending unsigned keys, each with a
// definite length in its shortest form. The reader refuses everything else, so that one value has exactly one
// encoding: whatever is read encodes again to the same bytes. That is what lets a signature over bytes stand
// for a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"

namespace bianmin::record {

class CborWriter {
 public:
  CborWriter& uint(std::uint64_t value);
  CborWriter& bytes(ByteView value);
  CborWriter& text(std::string_view value);  // must be valid UTF-8
  CborWriter& array(std::size_t item_count);
  CborWriter& map(std::size_t entry_count);  // the caller writes keys in ascending order
  Bytes take() { return out_.take(); }

 private:
  void head(std::uint8_t major, std::uint64_t value);
  ByteWriter out_;
};

// Reads borrowed bytes. The first item that is not what was asked for sets failed(), and from then on every
// read returns nothing: check finished() once, at the end.
class CborReader {
 public:
  explicit CborReader(ByteView bytes) : in_(bytes) {}

  std::uint64_t uint(std::uint64_t most = UINT64_MAX);
  ByteView bytes(std::size_t size_max);
  ByteView bytes_exactly(std::size_t size);
  std::string text(std::size_t size_max);
  std::size_t array(std::size_t item_count_max);
  void array_exactly(std::size_t item_count);
  std::size_t map(std::size_t entry_count_max);
  void map_exactly(std::size_t entry_count);
  void key(std::uint64_t expected);  // the next map key has to be this one

  void fail() { failed_ = true; }  // the caller found that a value does not fit

  bool failed() const { return failed_ || in_.failed(); }
  bool finished() const { return !failed_ && in_.at_end(); }

 private:
  std::uint64_t head(std::uint8_t major);

  ByteReader in_;
  bool failed_ = false;
};

}  // namespace bianmin::record
