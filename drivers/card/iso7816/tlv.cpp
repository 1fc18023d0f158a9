#include "drivers/card/iso7816/tlv.hpp"

namespace bianmin::card::iso7816 {

namespace {

constexpr std::uint8_t constructed_bit = 0x20;
constexpr std::uint8_t long_tag = 0x1F;  // all five bits: the number follows
constexpr std::uint8_t more_bit = 0x80;
constexpr std::uint8_t padding_zeros = 0x00;
constexpr std::uint8_t padding_ones = 0xFF;

struct Header {
  std::uint32_t tag = 0;
  bool constructed = false;
  std::size_t length = 0;
};

std::optional<std::uint32_t> read_tag(std::uint8_t first, ByteReader& reader) {
  std::uint32_t tag = first;
  if ((first & long_tag) != long_tag) return tag;
  for (std::size_t count = 1; count < tlv_tag_byte_max; ++count) {
    const std::uint8_t byte = reader.u8();
    if (reader.failed()) return std::nullopt;
    tag = tag << 8U | byte;
    if ((byte & more_bit) == 0) return tag;
  }
  return std::nullopt;
}

// A length without an end (80) is not for cards.
std::optional<std::size_t> read_length(ByteReader& reader) {
  const std::uint8_t first = reader.u8();
  if (reader.failed()) return std::nullopt;
  if ((first & more_bit) == 0) return first;
  const std::size_t count = first & 0x7FU;
  if (count == 0 || count > tlv_length_byte_max) return std::nullopt;
  std::size_t length = 0;
  for (const std::uint8_t byte : reader.take(count)) length = length << 8U | byte;
  if (reader.failed()) return std::nullopt;
  return length;
}

std::optional<Header> read_header(std::uint8_t first, ByteReader& reader) {
  const auto tag = read_tag(first, reader);
  if (!tag) return std::nullopt;
  const auto length = read_length(reader);
  if (!length) return std::nullopt;
  return Header{*tag, (first & constructed_bit) != 0, *length};
}

std::optional<ByteView> find_below(ByteView bytes, std::uint32_t tag, int depth) {
  TlvReader reader(bytes);
  while (const auto object = reader.next()) {
    if (object->tag == tag) return object->value;
    if (!object->constructed || depth == tlv_depth_max) continue;
    if (auto found = find_below(object->value, tag, depth + 1)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Tlv> TlvReader::fail() {
  failed_ = true;
  return std::nullopt;
}

std::optional<Tlv> TlvReader::next() {
  if (failed_) return std::nullopt;
  std::uint8_t first = padding_zeros;
  do {
    if (reader_.at_end()) return std::nullopt;
    first = reader_.u8();
  } while (first == padding_zeros || first == padding_ones);
  const auto header = read_header(first, reader_);
  if (!header) return fail();
  const ByteView value = reader_.take(header->length);
  if (reader_.failed()) return fail();
  return Tlv{header->tag, header->constructed, value};
}

std::optional<ByteView> find_tlv(ByteView bytes, std::span<const std::uint32_t> path) {
  std::optional<ByteView> inside = bytes;
  for (const std::uint32_t tag : path) {
    TlvReader reader(*inside);
    inside.reset();
    while (const auto object = reader.next()) {
      if (object->tag != tag) continue;
      inside = object->value;
      break;
    }
    if (!inside) return std::nullopt;
  }
  return inside;
}

std::optional<ByteView> find_tlv_anywhere(ByteView bytes, std::uint32_t tag) {
  return find_below(bytes, tag, 1);
}

std::optional<std::size_t> tlv_byte_count(ByteView start) {
  ByteReader reader(start);
  const std::uint8_t first = reader.u8();
  if (reader.failed()) return std::nullopt;
  const auto header = read_header(first, reader);
  if (!header) return std::nullopt;
  return reader.position() + header->length;
}

}  // namespace bianmin::card::iso7816
