#include "terminal/base/bytes.hpp"

#include <algorithm>

namespace bianmin {

ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Bytes bytes_of(std::string_view text) {
  const ByteView view = view_of(text);
  return {view.begin(), view.end()};
}

std::string text_of(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

void append(Bytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }

std::string to_hex(ByteView bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error{Remedy::refuse, "bytes.bad_hex", "odd number of digits"};
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return Error{Remedy::refuse, "bytes.bad_hex", "not a hex digit"};
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

static constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8U | (i < count ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i) {
      out.push_back(i <= count ? base64_digits[group >> (18 - 6 * i) & 63U] : '=');
    }
  }
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  const Error bad{Remedy::refuse, "bytes.bad_base64", "not canonical base64"};
  if (text.size() % 4 != 0) return bad;
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::string_view group = text.substr(at, 4);
    while (group.size() > 2 && group.back() == '=' && at + 4 == text.size()) group.remove_suffix(1);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t digit = i < group.size() ? base64_digits.find(group[i]) : 0;
      if (digit == std::string_view::npos) return bad;
      bits = bits << 6U | static_cast<unsigned>(digit);
    }
    const std::size_t count = group.size() - 1;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto byte = static_cast<std::uint8_t>(bits >> (16 - 8 * i));
      if (i < count)
        out.push_back(byte);
      else if (byte != 0)
        return bad;
    }
  }
  return out;
}

bool equal_constant_time(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

ByteView ByteReader::take(std::size_t count) {
  if (failed_ || count > bytes_.size() - at_) {
    failed_ = true;
    return {};
  }
  const ByteView out = bytes_.subspan(at_, count);
  at_ += count;
  return out;
}

ByteView ByteReader::rest() { return take(left()); }

std::uint64_t ByteReader::big_endian(std::size_t count) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : take(count)) value = value << 8 | byte;
  return value;
}

std::uint64_t ByteReader::little_endian(std::size_t count) {
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const std::uint8_t byte : take(count)) {
    value |= static_cast<std::uint64_t>(byte) << shift;
    shift += 8;
  }
  return value;
}

std::uint8_t ByteReader::u8() { return static_cast<std::uint8_t>(big_endian(1)); }
std::uint16_t ByteReader::u16_be() { return static_cast<std::uint16_t>(big_endian(2)); }
std::uint16_t ByteReader::u16_le() { return static_cast<std::uint16_t>(little_endian(2)); }
std::uint32_t ByteReader::u32_be() { return static_cast<std::uint32_t>(big_endian(4)); }
std::uint32_t ByteReader::u32_le() { return static_cast<std::uint32_t>(little_endian(4)); }
std::uint64_t ByteReader::u64_be() { return big_endian(8); }

ByteWriter& ByteWriter::u8(std::uint8_t value) {
  out_.push_back(value);
  return *this;
}

static void put_big_endian(Bytes& out, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

static void put_little_endian(Bytes& out, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

ByteWriter& ByteWriter::u16_be(std::uint16_t value) { return put_big_endian(out_, value, 2), *this; }
ByteWriter& ByteWriter::u16_le(std::uint16_t value) { return put_little_endian(out_, value, 2), *this; }
ByteWriter& ByteWriter::u32_be(std::uint32_t value) { return put_big_endian(out_, value, 4), *this; }
ByteWriter& ByteWriter::u32_le(std::uint32_t value) { return put_little_endian(out_, value, 4), *this; }
ByteWriter& ByteWriter::u64_be(std::uint64_t value) { return put_big_endian(out_, value, 8), *this; }

ByteWriter& ByteWriter::bytes(ByteView value) {
  append(out_, value);
  return *this;
}

}  // namespace bianmin
