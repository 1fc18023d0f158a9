#include <algorithm>

#include "drivers/printer/escpos_commands.hpp"

namespace bianmin::printer::escpos {

namespace {

constexpr std::size_t tab_count_max = 32;

Found read_tabs(ByteView bytes) {
  SetTabs tabs;
  for (std::size_t at = 2; at < bytes.size(); ++at) {
    const int column = bytes[at];
    if (column == 0) return Step{at + 1, std::move(tabs)};
    // One that goes back ends the list and is itself read as something else.
    if (!tabs.columns.empty() && column <= tabs.columns.back()) return Step{at, std::move(tabs)};
    tabs.columns.push_back(column);
    if (tabs.columns.size() == tab_count_max) return Step{at + 1, std::move(tabs)};
  }
  return std::nullopt;
}

// ESC & y c1 c2 [x d1 ... d(y * x)] for each character from c1 to c2.
Found read_own_characters(ByteView bytes) {
  if (bytes.size() < 5) return std::nullopt;
  const std::size_t column_bytes = bytes[2];
  if (bytes[4] < bytes[3]) return Step{5, Other{}};
  std::size_t at = 5;
  for (int character = bytes[3]; character <= bytes[4]; ++character) {
    if (at >= bytes.size()) return std::nullopt;
    at += 1 + bytes[at] * column_bytes;
  }
  return known_length(bytes, at);
}

Found read_bit_image(ByteView bytes) {
  if (bytes.size() < 5) return std::nullopt;
  const int mode = bytes[2];
  const std::size_t column_bytes = mode >= 32 ? 3 : 1;
  const std::size_t byte_count = static_cast<std::size_t>(u16_at(bytes, 3)) * column_bytes;
  if (bytes.size() < 5 + byte_count) return std::nullopt;
  InlinePicture image;
  image.picture = picture_of_columns(bytes.subspan(5, byte_count), column_bytes);
  image.scale_x = mode % 2 == 0 ? 2 : 1;  // single density across: 0 and 32
  image.scale_y = column_bytes == 1 ? 3 : 1;
  return Step{5 + byte_count, std::move(image)};
}

Operation modes_of(int bits) {
  return SetModes{(bits & 0x01) != 0, (bits & 0x08) != 0, (bits & 0x10) != 0, (bits & 0x20) != 0,
                  (bits & 0x80) != 0};
}

// Commands of one parameter.
Operation with_one(std::uint8_t command, int n) {
  switch (command) {
    case ' ':
      return SetCharacterGap{n};
    case '!':
      return modes_of(n);
    case '-':
      return SetUnderline{n % 48 <= 2 ? n % 48 : 0};
    case '3':
      return SetLineSpacing{n};
    case 'E':
    case 'G':
      return SetBold{(n & 1) != 0};
    case 'J':
      return FeedUnits{n};
    case 'M':
      return SetSmallFont{n % 48 == 1};
    case 'R':
      return SetCountry{n};
    case 'V':
      return SetTurned{n % 48 == 1 || n % 48 == 2};
    case 'a':
      return SetAlign{n % 48 <= 2 ? static_cast<Align>(n % 48) : Align::left};
    case 'd':
      return FeedLines{n};
    case 't':
      return SetCodePage{n};
    case '{':
      return SetUpsideDown{(n & 1) != 0};
    default:
      return Other{};
  }
}

}  // namespace

Found read_esc(ByteView bytes) {
  switch (bytes[1]) {
    case '@':
      return Step{2, Initialise{}};
    case '2':
      return Step{2, SetLineSpacing{}};
    case 'i':
      return Step{2, Cut{true}};
    case 'm':
      return Step{2, Cut{}};
    case '<':
    case 'L':
    case 'S':
    case 'v':
    case 0x0C:
      return Step{2, Other{}};
    case '*':
      return read_bit_image(bytes);
    case 'D':
      return read_tabs(bytes);
    case '&':
      return read_own_characters(bytes);
    case '(':
      return bytes.size() < 5 ? std::nullopt
                              : known_length(bytes, 5 + static_cast<std::size_t>(u16_at(bytes, 3)));
    case 'p':
      return known_length(bytes, 5);
    case 'W':
      return known_length(bytes, 10);
    case '$':
      return known_length(bytes, 4, MoveTo{u16_at(bytes, 2)});
    case '\\':
      return known_length(bytes, 4, MoveBy{static_cast<std::int16_t>(u16_at(bytes, 2))});
    case 'B':  // a beep, of printers made in China
    case 'c':
      return known_length(bytes, 4);
    default:
      return known_length(bytes, 3, with_one(bytes[1], u8_at(bytes, 2)));
  }
}

Found read_fs(ByteView bytes) {
  const int n = u8_at(bytes, 2);
  switch (bytes[1]) {
    case '&':
      return Step{2, SetChinese{true}};
    case '.':
      return Step{2, SetChinese{false}};
    case '!':
      return known_length(bytes, 3, SetChineseModes{(n & 0x08) != 0, (n & 0x04) != 0, (n & 0x80) != 0});
    case '-':
      return known_length(bytes, 3, SetChineseUnderline{n % 48 <= 2 ? n % 48 : 0});
    case 'W': {
      const bool large = (n & 1) != 0;
      return known_length(bytes, 3, SetChineseModes{large, large, false});
    }
    case 'S':
    case 'p':
    case '?':
      return known_length(bytes, 4);
    case '2':
      return known_length(bytes, 4 + 72);  // a character of 24 by 24 dots
    case '(':
      return bytes.size() < 5 ? std::nullopt
                              : known_length(bytes, 5 + static_cast<std::size_t>(u16_at(bytes, 3)));
    case 'g': {
      if (bytes.size() < 10) return std::nullopt;
      const std::size_t data =
          bytes[2] == 1 || bytes[2] == '1' ? static_cast<std::size_t>(u16_at(bytes, 8)) : 0;
      return known_length(bytes, 10 + data);
    }
    case 'q': {
      std::size_t at = 3;
      for (int image = 0; image < n; ++image) {
        if (bytes.size() < at + 4) return std::nullopt;
        at += 4 + static_cast<std::size_t>(u16_at(bytes, at)) *
                      static_cast<std::size_t>(u16_at(bytes, at + 2)) * 8;
      }
      return known_length(bytes, at);
    }
    default:
      return known_length(bytes, 3);
  }
}

}  // namespace bianmin::printer::escpos
