// What goes between a program and kiosk-pdf, over the stream socket that is kiosk-pdf's stdin. Numbers are
// big-endian.
//
//   request   u32 magic, u32 byte count, the PDF
//   answer    u8 Verdict; when good: u8 count of pages, and of each page a4_height_px rows of row_byte_count
//             bytes (the first pixel highest, 1 is black), then u8 Verdict on all of it: only a good one
//             makes the pages worth printing
#pragma once

#include <cstddef>
#include <cstdint>

namespace bianmin::pdf {

constexpr std::uint32_t request_magic = 0x424D5044;
constexpr std::size_t file_size_max = 4 * 1024 * 1024;
constexpr std::size_t pages_max = 20;
constexpr int a4_width_px = 2'480;  // 210 x 297 mm at 300 dpi
constexpr int a4_height_px = 3'508;
constexpr std::size_t row_byte_count = a4_width_px / 8;
constexpr std::size_t page_byte_count = row_byte_count * a4_height_px;

enum class Verdict : std::uint8_t {
  good = 0,
  broken = 1,      // no PDF, or a damaged one
  locked = 2,      // it asks for a password
  too_long = 3,    // more than pages_max
  incomplete = 4,  // something on it cannot be drawn: a font, a character set
};

}  // namespace bianmin::pdf
