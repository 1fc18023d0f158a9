#include "drivers/printer/escpos_graphics.hpp"

#include <algorithm>

namespace bianmin::printer {

namespace {

constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t gs = 0x1D;
constexpr int stripe_dots = 24;

void write_band(ByteWriter& to, const Bitmap& band) {
  to.u8(gs).u8('v').u8('0').u8(0);
  to.u16_le(static_cast<std::uint16_t>(band.row_bytes())).u16_le(static_cast<std::uint16_t>(band.height));
  to.bytes(band.bits);
}

// A stripe of 24 dots, three bytes a column, and its line.
void write_stripe(ByteWriter& to, const Bitmap& stripe) {
  to.u8(esc).u8('*').u8(33).u16_le(static_cast<std::uint16_t>(stripe.width));
  for (int x = 0; x < stripe.width; ++x) {
    for (int y = 0; y < stripe_dots; y += 8) {
      unsigned byte = 0;
      for (int bit = 0; bit < 8; ++bit) byte = byte << 1U | (stripe.black(x, y + bit) ? 1U : 0U);
      to.u8(static_cast<std::uint8_t>(byte));
    }
  }
  to.u8('\n');
}

void write_symbol_function(ByteWriter& to, const Bytes& parameters) {
  constexpr std::uint8_t qr_code = 0x31;
  const auto count = static_cast<std::uint16_t>(parameters.size() + 1);
  to.u8(gs).u8('(').u8('k').u16_le(count).u8(qr_code).bytes(parameters);
}

// Code set C, two digits a symbol.
bool in_pairs(const std::string& text) {
  constexpr std::size_t worth_it = 4;
  return text.size() >= worth_it && text.size() % 2 == 0 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void write_picture(ByteWriter& to, const Bitmap& picture, const PrinterProfile& profile) {
  if (picture.empty()) return;
  if (profile.raster == RasterCommand::rows) {
    const int rows = std::max(1, profile.raster_byte_max / picture.row_bytes());
    for (int y = 0; y < picture.height; y += rows) write_band(to, picture.rows(y, rows));
    return;
  }
  // Lines as close as the stripes are high: a line is never lower than what stands in it.
  to.u8(esc).u8('3').u8(16);
  for (int y = 0; y < picture.height; y += stripe_dots) write_stripe(to, picture.rows(y, stripe_dots));
  to.u8(esc).u8('2');
}

void write_qr_code(ByteWriter& to, const std::string& text, int module_dots) {
  write_symbol_function(to, {0x41, 0x32, 0x00});  // model 2
  write_symbol_function(to, {0x43, static_cast<std::uint8_t>(module_dots)});
  write_symbol_function(to, {0x45, 0x31});  // error correction M
  Bytes store = {0x50, 0x30};
  append(store, view_of(text));
  write_symbol_function(to, store);
  write_symbol_function(to, {0x51, 0x30});  // print
}

int code128_modules(const std::string& text) {
  const std::size_t symbols = in_pairs(text) ? text.size() / 2 : text.size();
  return static_cast<int>(symbols + 3) * 11 + 2;  // start, check and stop besides; the stop has two more
}

void write_code128(ByteWriter& to, const std::string& text, int module_dots, int height_dots) {
  constexpr std::uint8_t code128 = 73;
  Bytes data = {'{', 'B'};
  if (in_pairs(text)) {
    data = {'{', 'C'};
    for (std::size_t at = 0; at < text.size(); at += 2) {
      data.push_back(static_cast<std::uint8_t>((text[at] - '0') * 10 + text[at + 1] - '0'));
    }
  } else {
    for (const char c : text) {
      if (c == '{') data.push_back('{');
      data.push_back(static_cast<std::uint8_t>(c));
    }
  }
  to.u8(gs).u8('H').u8(2).u8(gs).u8('h').u8(static_cast<std::uint8_t>(height_dots));
  to.u8(gs).u8('w').u8(static_cast<std::uint8_t>(module_dots));
  to.u8(gs).u8('k').u8(code128).u8(static_cast<std::uint8_t>(data.size())).bytes(data);
}

}  // namespace bianmin::printer
