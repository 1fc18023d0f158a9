#include "terminal/base/text.hpp"

namespace bianmin {

Result<std::u32string> decode_utf8(std::string_view text) {
  const Error bad{Remedy::refuse, "text.bad_utf8", "not valid UTF-8"};
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (length == 0 || length > text.size() - i) return bad;
    char32_t point = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next >> 6 != 2) return bad;
      point = point << 6 | (next & 0x3Fu);
    }
    static constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return bad;
    out.push_back(point);
    i += length;
  }
  return out;
}

bool valid_utf8(std::string_view text) { return decode_utf8(text).ok(); }

std::string encode_utf8(std::u32string_view text) {
  std::string out;
  const auto tail = [&out](char32_t point, int shift) {
    out.push_back(static_cast<char>(0x80 | ((point >> shift) & 0x3F)));
  };
  for (const char32_t point : text) {
    if (point < 0x80) {
      out.push_back(static_cast<char>(point));
    } else if (point < 0x800) {
      out.push_back(static_cast<char>(0xC0 | point >> 6));
      tail(point, 0);
    } else if (point < 0x10000) {
      out.push_back(static_cast<char>(0xE0 | point >> 12));
      tail(point, 6);
      tail(point, 0);
    } else {
      out.push_back(static_cast<char>(0xF0 | point >> 18));
      tail(point, 12);
      tail(point, 6);
      tail(point, 0);
    }
  }
  return out;
}

Result<std::string> utf8_from_utf16le(ByteView bytes) {
  const Error bad{Remedy::refuse, "text.bad_utf16", "not valid UTF-16LE"};
  if (bytes.size() % 2 != 0) return bad;
  std::u32string points;
  ByteReader reader(bytes);
  while (reader.left() > 0) {
    const char32_t unit = reader.u16_le();
    if (unit < 0xD800 || unit > 0xDFFF) {
      points.push_back(unit);
      continue;
    }
    const char32_t low = reader.left() > 0 ? reader.u16_le() : 0;
    if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return bad;
    points.push_back(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
  }
  return encode_utf8(points);
}

Result<Bytes> utf16le_from_utf8(std::string_view text) {
  const auto points = decode_utf8(text);
  if (!points) return points.error();
  ByteWriter out;
  for (const char32_t point : *points) {
    if (point < 0x10000) {
      out.u16_le(static_cast<std::uint16_t>(point));
    } else {
      out.u16_le(static_cast<std::uint16_t>(0xD800 + ((point - 0x10000) >> 10)));
      out.u16_le(static_cast<std::uint16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    }
  }
  return out.take();
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
  if (what.empty()) return text;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace bianmin
