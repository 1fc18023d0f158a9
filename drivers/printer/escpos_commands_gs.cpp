#include <algorithm>
#include <array>

#include "drivers/printer/escpos_commands.hpp"

namespace bianmin::printer::escpos {

namespace {

bool one_of(int value, int a, int b) { return value == a || value == b; }

// GS * x y: x * 8 columns of y bytes.
Found read_definition(ByteView bytes) {
  if (bytes.size() < 4) return std::nullopt;
  const std::size_t byte_count = std::size_t{bytes[2]} * 8 * bytes[3];
  if (bytes.size() < 4 + byte_count) return std::nullopt;
  return Step{4 + byte_count, DefinePicture{picture_of_columns(bytes.subspan(4, byte_count), bytes[3])}};
}

Found read_cut(ByteView bytes) {
  const int m = bytes[2];
  const bool full = m == 0 || m == 48 || m == 65 || m == 97 || m == 103;
  if (m < 65) return Step{3, Cut{full}};
  return known_length(bytes, 4, Cut{full, u8_at(bytes, 3)});
}

// Function 112 (rows) and 113 (columns) keep a picture, 50 prints it: GS ( L and GS 8 L alike.
Operation graphics(ByteView parameters) {
  const int function = u8_at(parameters, 1);
  if (u8_at(parameters, 0) != 48) return Other{};
  if (one_of(function, 2, 50)) return PrintGraphics{};
  if (!one_of(function, 112, 113) || parameters.size() < 10) return Other{};
  const int width = u16_at(parameters, 6);
  const int height = u16_at(parameters, 8);
  const ByteView data = parameters.subspan(10);
  StoreGraphics out;
  out.picture.scale_x = u8_at(parameters, 3) == 2 ? 2 : 1;
  out.picture.scale_y = u8_at(parameters, 4) == 2 ? 2 : 1;
  const std::size_t row_bytes = static_cast<std::size_t>(width + 7) / 8;
  const std::size_t column_bytes = static_cast<std::size_t>(height + 7) / 8;
  // A size that the data does not have is no picture; only so is what it takes in memory what came in.
  if (function == 112) {
    if (data.size() < row_bytes * static_cast<std::size_t>(height)) return Other{};
    out.picture.picture = Bitmap(width, height, Bytes(data.begin(), data.end()));
  } else {
    if (data.size() < column_bytes * static_cast<std::size_t>(width)) return Other{};
    out.picture.picture = picture_of_columns(data, column_bytes).rows(0, height);
  }
  return out;
}

// GS ( k: QR codes are symbol 49, PDF417 is 48.
Operation symbol(ByteView parameters) {
  const int kind = u8_at(parameters, 0);
  const int function = u8_at(parameters, 1);
  const int n = u8_at(parameters, 2);
  if (parameters.size() < 3) return Other{};
  const auto data = [&] { return text_of(parameters.subspan(3)); };
  if (kind == 49) {
    if (function == 67) return QrModuleSize{std::clamp(n, 1, 16)};
    if (function == 69) return SetQrLevel{static_cast<QrLevel>(std::clamp(n, 48, 51) - 48)};
    if (function == 80) return QrStore{data()};
    if (function == 81) return QrPrint{};
  }
  if (kind == 48) {
    if (function == 67) return Pdf417ModuleSize{std::clamp(n, 1, 8)};
    if (function == 68) return Pdf417RowHeight{std::clamp(n, 1, 8)};
    if (function == 80) return Pdf417Store{data()};
    if (function == 81) return Pdf417Print{};
  }
  return Other{};
}

}  // namespace

Found read_gs_block(ByteView bytes) {
  const bool long_form = bytes[1] == '8';
  const std::size_t head = long_form ? 7 : 5;
  if (bytes.size() < head) return std::nullopt;
  std::size_t count = static_cast<std::size_t>(u16_at(bytes, 3));
  if (long_form) count += static_cast<std::size_t>(u16_at(bytes, 5)) << 16U;
  if (bytes.size() - head < count) return std::nullopt;
  const ByteView parameters = bytes.subspan(head, count);
  const std::size_t total = head + count;
  if (bytes[2] == 'L') return Step{total, graphics(parameters)};
  if (bytes[2] == 'k' && !long_form) return Step{total, symbol(parameters)};
  if (bytes[2] == 'H' && !long_form && count == 6 && parameters[0] == 48) {
    return Step{total, ProcessId{text_of(parameters.subspan(2))}};
  }
  return Step{total, Other{}};
}

Found read_gs_bars(ByteView bytes) {
  using enum BarSymbology;
  if (bytes.size() < 4) return std::nullopt;
  constexpr std::array kinds = {upc_a, upc_e, ean13, ean8, code39, itf, codabar, code93, code128};
  constexpr std::size_t counted_from = 65;
  const std::size_t m = bytes[2];
  PrintBars bars;
  std::size_t total = 0;
  if (m >= counted_from) {
    total = 4 + std::size_t{bytes[3]};
    if (bytes.size() < total) return std::nullopt;
    bars.data = text_of(bytes.subspan(4, bytes[3]));
    if (m - counted_from < kinds.size()) bars.symbology = kinds[m - counted_from];
  } else {
    const auto from = bytes.begin() + 3;
    const auto end = std::find(from, bytes.end(), 0);
    if (end == bytes.end()) return std::nullopt;
    bars.data.assign(from, end);
    total = 3 + bars.data.size() + 1;
    if (m < kinds.size()) bars.symbology = kinds[m];
  }
  return Step{total, std::move(bars)};
}

Found read_gs_raster(ByteView bytes) {
  if (bytes.size() < 8) return std::nullopt;
  if (bytes[1] == 'v' && !one_of(bytes[2], 0, '0')) return Step{3, Other{}};
  const int row_bytes = u16_at(bytes, 4);
  const int height = u16_at(bytes, 6);
  const std::size_t byte_count = static_cast<std::size_t>(row_bytes) * static_cast<std::size_t>(height);
  if (bytes.size() - 8 < byte_count) return std::nullopt;
  const ByteView bits = bytes.subspan(8, byte_count);
  Raster raster;
  raster.picture = bytes[1] == 'v' ? Bitmap(row_bytes * 8, height, Bytes(bits.begin(), bits.end()))
                                   : picture_of_columns(bits, static_cast<std::size_t>(height));
  raster.scale_x = 1 + (bytes[3] & 1);
  raster.scale_y = 1 + (bytes[3] >> 1 & 1);
  return Step{8 + byte_count, std::move(raster)};
}

Found read_gs(ByteView bytes) {
  if (bytes.size() < 3) return std::nullopt;
  const int n = bytes[2];
  switch (bytes[1]) {
    case '(':
    case '8':
      return read_gs_block(bytes);
    case 'k':
      return read_gs_bars(bytes);
    case 'v':
    case 'Q':
      return read_gs_raster(bytes);
    case '*':
      return read_definition(bytes);
    case 'V':
      return read_cut(bytes);
    case '!':
      return Step{3, SetSize{((n >> 4) & 7) + 1, (n & 7) + 1}};
    case '/':
      return Step{3, PrintPicture{1 + (n & 1), 1 + (n >> 1 & 1)}};
    case 'B':
      return Step{3, SetReverse{(n & 1) != 0}};
    case 'H':
      return Step{3, SetBarText{one_of(n % 48, 1, 3), one_of(n % 48, 2, 3)}};
    case 'h':
      return Step{3, SetBarHeight{std::max(n, 1)}};
    case 'w':
      return Step{3, SetBarModule{std::clamp(n, 1, 6)}};
    case 'e':  // the presenter: GS e 3 steps, GS e 32 steps seconds
      return known_length(bytes, n == 3 ? 4 : n == 32 ? 5 : 3);
    case ':':
    case 'c':
      return Step{2, Other{}};
    case 'L':
      return known_length(bytes, 4, SetLeftMargin{u16_at(bytes, 2)});
    case 'W':
      return known_length(bytes, 4, SetAreaWidth{u16_at(bytes, 2)});
    case 'P':
      return known_length(bytes, 4, SetMotionUnits{n, u8_at(bytes, 3)});
    case '$':
    case '\\':
      return known_length(bytes, 4);
    case '^':
    case 'z':
      return known_length(bytes, 5);
    case 'g':
      return known_length(bytes, 6);
    case 'C':
      return known_length(bytes, n == '1' ? 9 : 5);
    default:
      return Step{3, Other{}};
  }
}

}  // namespace bianmin::printer::escpos
