#include "drivers/printer/escpos_encoder.hpp"

#include <algorithm>

#include "drivers/printer/code_picture.hpp"
#include "drivers/printer/escpos_graphics.hpp"
#include "drivers/printer/escpos_text.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr std::uint8_t dle = 0x10;
constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t fs = 0x1C;
constexpr std::uint8_t gs = 0x1D;
constexpr std::size_t qr_byte_max = 200;
constexpr std::size_t bar_byte_max = 48;
constexpr std::size_t line_count_max = 400;
constexpr int picture_side_max = 4'096;
constexpr int feed_max = 50;
constexpr int cell_dots = 24;       // of a character's height
constexpr int raster_gap_dots = 6;  // so that lines of pictures stand like lines of text
constexpr int bar_height_dots = 80;
constexpr int quiet_modules = 4;  // around a QR code

class Encoder {
 public:
  explicit Encoder(const SlipFormat& format)
      : profile_(format.profile), raster_(format.raster), area_(profile_.area(format.width)) {
    out_.u8(esc).u8('@');
    if (profile_.text == PrinterText::gb18030) out_.u8(fs).u8('&');
  }

  Result<void> put(const TextLine& line) {
    if (line.scale != 1 && line.scale != 2) return bad("scale");
    const auto text = printer_line(line.text, profile_.text);
    if (!text) return text.error();
    if (drawn(*text)) {
      put_picture(draw(*text, line.scale, line.bold, area_.dots), line.align);
      return {};
    }
    style(line.align, line.scale, line.bold);
    wrapped(text->cells, area_.columns / line.scale);
    style(Align::left, 1, false);
    return {};
  }
  Result<void> put(const LabelLine& line) {
    const auto label = printer_line(line.label, profile_.text);
    const auto value = printer_line(line.value, profile_.text);
    if (!label) return label.error();
    if (!value) return value.error();
    if (drawn(*label) || drawn(*value)) {
      put_drawn(*label, *value);
      return {};
    }
    const int gap = area_.columns - label->columns() - value->columns();
    if (gap >= 1) {
      raw(label->cells);
      for (int i = 0; i < gap; ++i) out_.u8(' ');
      raw(value->cells);
      out_.u8('\n');
      return {};
    }
    wrapped(label->cells, area_.columns);
    style(Align::right, 1, false);
    wrapped(value->cells, area_.columns);
    style(Align::left, 1, false);
    return {};
  }
  Result<void> put(const RuleLine&) {
    if (profile_.text == PrinterText::none) {
      Bitmap rule(area_.dots, cell_dots);
      rule.fill(0, cell_dots / 2, area_.dots, 2);
      write_picture(out_, rule, profile_);
      return {};
    }
    for (int i = 0; i < area_.columns; ++i) out_.u8('-');
    out_.u8('\n');
    return {};
  }
  Result<void> put(const QrCode& code) {
    if (code.text.empty() || code.text.size() > qr_byte_max || !valid_utf8(code.text)) return bad("QR text");
    constexpr int wide_dots = 500;
    const bool wide = area_.dots >= wide_dots;
    const int module_dots = code.text.size() <= 100 ? (wide ? 8 : 6) : (wide ? 6 : 5);
    if (profile_.qr_code) {
      // The quiet zone is ours to leave: printers print the modules alone.
      style(Align::center, 1, false);
      feed_dots(quiet_modules * module_dots);
      write_qr_code(out_, code.text, module_dots);
      feed_dots(quiet_modules * module_dots);
      style(Align::left, 1, false);
      return {};
    }
    const auto picture = qr_picture(code.text, module_dots, escpos::QrLevel::m);
    if (!picture) return bad("QR text");
    put_picture(*picture, Align::center);
    return {};
  }
  Result<void> put(const BarCode& code) {
    const bool printable =
        std::all_of(code.text.begin(), code.text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (code.text.empty() || code.text.size() > bar_byte_max || !printable) return bad("bar code text");
    constexpr int quiet_modules_of_bars = 10;
    const int modules = code128_modules(code.text) + 2 * quiet_modules_of_bars;
    const int module_dots = std::min(area_.dots / modules, 3);
    if (module_dots < 2) return bad("a bar code wider than the paper");
    if (profile_.code128) {
      style(Align::center, 1, false);
      write_code128(out_, code.text, module_dots, bar_height_dots);
      style(Align::left, 1, false);
      return {};
    }
    const auto picture = bars_picture(escpos::BarSymbology::code128, code.text, module_dots, bar_height_dots);
    if (!picture) return bad("bar code text");
    put_picture(*picture, Align::center);
    return put(TextLine{code.text, Align::center});
  }
  Result<void> put(const Image& image) {
    const GrayPicture& picture = image.picture;
    if (!picture.whole() || std::max(picture.width, picture.height) > picture_side_max) return bad("picture");
    put_picture(dithered(shrunk(picture, area_.dots)), image.align);
    return {};
  }
  Result<void> put(const Feed& feed) {
    if (feed.lines < 0 || feed.lines > feed_max) return bad("feed");
    out_.u8(esc).u8('d').u8(static_cast<std::uint8_t>(feed.lines));
    return {};
  }
  Bytes take() { return out_.take(); }

 private:
  static Error bad(std::string_view what) {
    return {Remedy::refuse, "printer.bad_document", std::string(what)};
  }

  bool drawn(const PrinterLine& line) const { return !line.in_font && raster_; }
  Bitmap draw(const PrinterLine& line, int scale, bool bold, int width_dots) const {
    return raster_({line.text, cell_dots * scale, bold, width_dots});
  }
  int left_of(const Bitmap& picture, Align align) const {
    const int room = std::max(area_.dots - picture.width, 0);
    return align == Align::left ? 0 : align == Align::center ? room / 2 : room;
  }
  // Aligned by its own white, for not every printer aligns pictures.
  void put_picture(const Bitmap& picture, Align align) {
    const int left = left_of(picture, align);
    Bitmap line(std::min(left + picture.width, area_.dots),
                std::max(picture.height, cell_dots) + raster_gap_dots);
    line.draw(picture, left, std::max(cell_dots - picture.height, 0) / 2);
    write_picture(out_, line, profile_);
  }
  void put_drawn(const PrinterLine& label, const PrinterLine& value) {
    const Bitmap left = draw(label, 1, false, area_.dots);
    const Bitmap right = draw(value, 1, false, area_.dots);
    if (left.width + cell_dots + right.width > area_.dots) {
      put_picture(left, Align::left);
      put_picture(right, Align::right);
      return;
    }
    const int height = std::max({left.height, right.height, cell_dots});
    Bitmap both(area_.dots, height);
    both.draw(left, 0, (height - left.height) / 2);
    both.draw(right, area_.dots - right.width, (height - right.height) / 2);
    put_picture(both, Align::left);
  }

  void style(Align align, int scale, bool bold) {
    const std::uint8_t size = scale == 2 ? 0x11 : 0x00;
    out_.u8(esc).u8('a').u8(static_cast<std::uint8_t>(align));
    out_.u8(gs).u8('!').u8(size);
    out_.u8(esc).u8('E').u8(bold ? 1 : 0);
  }
  void feed_dots(int dots) { out_.u8(esc).u8('J').u8(static_cast<std::uint8_t>(dots)); }
  void raw(std::span<const TextCell> cells) {
    for (const TextCell& cell : cells) out_.bytes(cell.bytes);
  }
  void wrapped(std::span<const TextCell> cells, int columns_max) {
    do {
      const std::size_t end = cells_on_line(cells, columns_max);
      raw(cells.first(end));
      out_.u8('\n');
      cells = cells.subspan(end);
      while (!cells.empty() && cells.front().space) cells = cells.subspan(1);
    } while (!cells.empty());
  }

  const PrinterProfile& profile_;
  const TextRaster& raster_;
  PrintArea area_;
  ByteWriter out_;
};

Bytes cut_of(const PrinterProfile& profile) {
  Bytes cut = {esc, 'd', static_cast<std::uint8_t>(profile.feed_before_cut)};
  if (profile.cutter != Cutter::none) {
    const std::uint8_t kind = profile.cutter == Cutter::full ? 65 : 66;
    append(cut, Bytes{gs, 'V', kind, 0});
  }
  return cut;
}

Bytes hand_of(const Presenter& presenter) {
  if (!presenter.exists()) return {};
  return {gs, 'e', 3, static_cast<std::uint8_t>(presenter.steps)};
}

}  // namespace

Result<EncodedSlip> encode_escpos(const Document& document, const SlipFormat& format) {
  if (document.lines.empty() || document.lines.size() > line_count_max) {
    return Error{Remedy::refuse, "printer.bad_document", "no lines, or too many"};
  }
  Encoder encoder(format);
  for (const Line& line : document.lines) {
    if (auto put = std::visit([&](const auto& item) { return encoder.put(item); }, line); !put)
      return put.error();
  }
  return EncodedSlip{encoder.take(), cut_of(format.profile), hand_of(format.profile.presenter)};
}

Bytes escpos_initialise() { return {esc, '@', fs, '&'}; }

Bytes escpos_status_request() {
  constexpr std::uint8_t eot = 0x04;
  return {dle, eot, 1, dle, eot, 2, dle, eot, 3, dle, eot, 4};
}

Bytes escpos_retract() { return {gs, 'e', 2}; }

Bytes escpos_mouth_request() {
  constexpr std::uint8_t eot = 0x04;
  return {dle, eot, 20};
}

Bytes escpos_process_id(std::string_view id) {
  Bytes command = {gs, '(', 'H', 6, 0, 48, 48};
  append(command, view_of(id.substr(0, 4)));
  return command;
}

Bytes escpos_clear_buffer() {
  constexpr std::uint8_t dc4 = 0x14;
  return {dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8};
}

}  // namespace bianmin::printer
