#include "drivers/printer/escpos_reader.hpp"

#include <algorithm>

namespace bianmin::printer::escpos {

namespace {

constexpr std::uint8_t dle = 0x10;
constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t fs = 0x1C;
constexpr std::uint8_t gs = 0x1D;

using Found = std::optional<Step>;

Found known_length(ByteView bytes, std::size_t byte_count, Operation operation = Other{}) {
  if (bytes.size() < byte_count) return std::nullopt;
  return Step{byte_count, std::move(operation)};
}

// Parameters up to and with a NUL.
Found until_nul(ByteView bytes, std::size_t from) {
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(from, bytes.size()));
  const auto end = std::find(begin, bytes.end(), 0);
  if (end == bytes.end()) return std::nullopt;
  return Step{static_cast<std::size_t>(end - bytes.begin()) + 1, Other{}};
}

std::size_t u16(ByteView bytes, std::size_t at) { return bytes[at] + bytes[at + 1] * std::size_t{256}; }

Found read_dle(ByteView bytes) {
  if (bytes.size() < 3) return std::nullopt;
  constexpr std::uint8_t eot = 0x04;
  constexpr std::uint8_t enq = 0x05;
  constexpr std::uint8_t dc4 = 0x14;
  if (bytes[1] == eot) {
    const bool has_parameter = bytes[2] == 7 || bytes[2] == 8 || bytes[2] == 18;
    return known_length(bytes, has_parameter ? 4 : 3, StatusRequest{bytes[2]});
  }
  if (bytes[1] == enq) return known_length(bytes, 3);
  if (bytes[1] != dc4) return Step{1, Other{}};
  if (bytes[2] == 8) return known_length(bytes, 10, ClearBuffer{});
  return known_length(bytes, 5);
}

Found read_esc(ByteView bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::uint8_t first = bytes.size() > 2 ? bytes[2] : std::uint8_t{0};
  switch (bytes[1]) {
    case '@':
      return Step{2, Initialise{}};
    case 'a':
      return known_length(bytes, 3, SetAlign{static_cast<Align>(std::min(first & 0x0F, 2))});
    case 'E':
      return known_length(bytes, 3, SetBold{(first & 1) != 0});
    case 'd':
      return known_length(bytes, 3, FeedLines{first});
    case 'J':
      return known_length(bytes, 3, FeedLines{(first + 29) / 30});  // dots, at the usual line height
    case 'i':
    case 'm':
      return Step{2, Cut{}};
    case '2':
    case '<':
    case 'L':
    case 'S':
    case 0x0C:
      return Step{2, Other{}};
    case '*': {
      if (bytes.size() < 5) return std::nullopt;
      const std::size_t columns = u16(bytes, 3);
      return known_length(bytes, 5 + columns * (bytes[2] >= 32 ? 3 : 1));
    }
    case 'D':
      return until_nul(bytes, 2);
    case '&':
      return Step{2, Other{}};
    case 'p':
      return known_length(bytes, 5);
    case 'W':
      return known_length(bytes, 10);
    case '$':
    case '\\':
    case 'c':
      return known_length(bytes, 4);
    default:
      return known_length(bytes, 3);
  }
}

Found read_gs_parenthesis(ByteView bytes) {
  if (bytes.size() < 5) return std::nullopt;
  const std::size_t parameter_count = u16(bytes, 3);
  const std::size_t total = 5 + parameter_count;
  if (bytes.size() < total) return std::nullopt;
  const ByteView parameters = bytes.subspan(5, parameter_count);
  if (bytes[2] == 'H' && parameter_count == 6 && parameters[0] == 48) {
    return Step{total, ProcessId{text_of(parameters.subspan(2))}};
  }
  if (bytes[2] == 'k' && parameter_count >= 3 && parameters[0] == 0x31) {
    if (parameters[1] == 0x43) return Step{total, QrModuleSize{parameters[2]}};
    if (parameters[1] == 0x50) return Step{total, QrStore{text_of(parameters.subspan(3))}};
    if (parameters[1] == 0x51) return Step{total, QrPrint{}};
  }
  return Step{total, Other{}};
}

Found read_gs(ByteView bytes) {
  if (bytes.size() < 3) return std::nullopt;
  switch (bytes[1]) {
    case '(':
      return read_gs_parenthesis(bytes);
    case '!':
      return Step{3, SetSize{((bytes[2] >> 4) & 7) + 1, (bytes[2] & 7) + 1}};
    case 'V':
      return bytes[2] >= 65 ? known_length(bytes, 4, Cut{}) : Step{3, Cut{}};
    case 'v': {
      if (bytes.size() < 8) return std::nullopt;
      const std::size_t width = u16(bytes, 4);
      const std::size_t height = u16(bytes, 6);
      if (bytes.size() < 8 + width * height) return std::nullopt;
      const ByteView bits = bytes.subspan(8, width * height);
      return Step{8 + width * height,
                  Raster{static_cast<int>(width), static_cast<int>(height), Bytes(bits.begin(), bits.end())}};
    }
    case 'k':
      if (bytes[2] < 65) return until_nul(bytes, 3);
      return bytes.size() < 4 ? std::nullopt : known_length(bytes, 4 + std::size_t{bytes[3]});
    case '*':
      return bytes.size() < 4 ? std::nullopt : known_length(bytes, 4 + std::size_t{bytes[2]} * bytes[3] * 8);
    case 'L':
    case 'P':
    case 'W':
    case '$':
    case '\\':
      return known_length(bytes, 4);
    default:
      return Step{3, Other{}};
  }
}

Found read_fs(ByteView bytes) {
  if (bytes.size() < 2) return std::nullopt;
  switch (bytes[1]) {
    case '&':
    case '.':
      return Step{2, Other{}};
    case 'S':
    case 'p':
      return known_length(bytes, 4);
    case '(':
      return bytes.size() < 5 ? std::nullopt : known_length(bytes, 5 + u16(bytes, 3));
    default:
      return known_length(bytes, 3);
  }
}

Found read_text(ByteView bytes) {
  if (bytes[0] < 0x81) return Step{1, Text{{bytes[0]}}};
  if (bytes.size() < 2) return std::nullopt;
  const bool four = bytes[1] >= 0x30 && bytes[1] <= 0x39;
  const std::size_t count = four ? 4 : 2;
  if (bytes.size() < count) return std::nullopt;
  return Step{count, Text{Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count))}};
}

}  // namespace

std::optional<Step> read_step(ByteView bytes) {
  if (bytes.empty()) return std::nullopt;
  switch (bytes[0]) {
    case dle:
      return read_dle(bytes);
    case esc:
      return read_esc(bytes);
    case fs:
      return read_fs(bytes);
    case gs:
      return read_gs(bytes);
    case '\n':
      return Step{1, NewLine{}};
    default:
      break;
  }
  if (bytes[0] < 0x20 || bytes[0] == 0x7F) return Step{1, Other{}};
  return read_text(bytes);
}

}  // namespace bianmin::printer::escpos
