#include "sync/record/cbor.hpp"

#include "terminal/base/text.hpp"

namespace bianmin::record {

namespace {
constexpr std::uint8_t major_uint = 0;
constexpr std::uint8_t major_bytes = 2;
constexpr std::uint8_t major_text = 3;
constexpr std::uint8_t major_array = 4;
constexpr std::uint8_t major_map = 5;
}  // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t value) {
  const auto top = static_cast<std::uint8_t>(major << 5U);
  if (value < 24) {
    out_.u8(static_cast<std::uint8_t>(top | value));
  } else if (value <= UINT8_MAX) {
    out_.u8(top | 24U).u8(static_cast<std::uint8_t>(value));
  } else if (value <= UINT16_MAX) {
    out_.u8(top | 25U).u16_be(static_cast<std::uint16_t>(value));
  } else if (value <= UINT32_MAX) {
    out_.u8(top | 26U).u32_be(static_cast<std::uint32_t>(value));
  } else {
    out_.u8(top | 27U).u64_be(value);
  }
}

CborWriter& CborWriter::uint(std::uint64_t value) {
  head(major_uint, value);
  return *this;
}

CborWriter& CborWriter::bytes(ByteView value) {
  head(major_bytes, value.size());
  out_.bytes(value);
  return *this;
}

CborWriter& CborWriter::text(std::string_view value) {
  head(major_text, value.size());
  out_.text(value);
  return *this;
}

CborWriter& CborWriter::array(std::size_t item_count) {
  head(major_array, item_count);
  return *this;
}

CborWriter& CborWriter::map(std::size_t entry_count) {
  head(major_map, entry_count);
  return *this;
}

std::uint64_t CborReader::head(std::uint8_t major) {
  if (failed()) return 0;
  const std::uint8_t first = in_.u8();
  if (first >> 5U != major) {
    fail();
    return 0;
  }
  const std::uint8_t low = first & 0x1FU;
  std::uint64_t value = low;
  std::uint64_t least = 0;
  switch (low) {
    case 24:
      value = in_.u8(), least = 24;
      break;
    case 25:
      value = in_.u16_be(), least = std::uint64_t{UINT8_MAX} + 1;
      break;
    case 26:
      value = in_.u32_be(), least = std::uint64_t{UINT16_MAX} + 1;
      break;
    case 27:
      value = in_.u64_be(), least = std::uint64_t{UINT32_MAX} + 1;
      break;
    default:
      if (low > 27) fail();
  }
  if (value < least) fail();  // not the shortest form
  return failed() ? 0 : value;
}

std::uint64_t CborReader::uint(std::uint64_t most) {
  const std::uint64_t value = head(major_uint);
  if (value <= most) return value;
  fail();
  return 0;
}

ByteView CborReader::bytes(std::size_t size_max) {
  const std::uint64_t size = head(major_bytes);
  if (size > size_max) fail();
  return failed() ? ByteView() : in_.take(static_cast<std::size_t>(size));
}

ByteView CborReader::bytes_exactly(std::size_t size) {
  const ByteView value = bytes(size);
  if (value.size() != size) fail();
  return value;
}

std::string CborReader::text(std::size_t size_max) {
  const std::uint64_t size = head(major_text);
  if (size > size_max) fail();
  if (failed()) return {};
  std::string value = text_of(in_.take(static_cast<std::size_t>(size)));
  if (!valid_utf8(value)) fail();
  return value;
}

std::size_t CborReader::array(std::size_t item_count_max) {
  const std::uint64_t count = head(major_array);
  if (count > item_count_max) fail();
  return failed() ? 0 : static_cast<std::size_t>(count);
}

void CborReader::array_exactly(std::size_t item_count) {
  if (array(item_count) != item_count) fail();
}

std::size_t CborReader::map(std::size_t entry_count_max) {
  const std::uint64_t count = head(major_map);
  if (count > entry_count_max) fail();
  return failed() ? 0 : static_cast<std::size_t>(count);
}

void CborReader::map_exactly(std::size_t entry_count) {
  if (map(entry_count) != entry_count) fail();
}

void CborReader::key(std::uint64_t expected) {
  if (uint() != expected) fail();
}

}  // namespace bianmin::record
