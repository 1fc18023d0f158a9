// A page for tests: a frame, and bars that tell its number.
#pragma once

#include "drivers/printer/page_printer.hpp"

namespace bianmin {

inline printer::PageBitmap drawn_page(int number) {
  const auto width = static_cast<std::size_t>(printer::a4_page.width_px);
  printer::PageBitmap page(printer::a4_page);
  Bytes row(width);
  for (int y = 0; y < printer::a4_page.height_px; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const int column = static_cast<int>(x);
      const bool frame = y < 200 || y > 3'300 || column < 200 || column > 2'280;
      const bool inside = y > 300 && y < 3'200 && column > 300 && column < 2'180;
      const bool bar = inside && (column / 40) % 2 == 0 && (y / (20 + 10 * number)) % 2 == 0;
      row[x] = (frame && y > 150 && y < 3'350 && column > 150 && column < 2'330) || bar ? 0x00 : 0xFF;
    }
    if (!page.add_rows(row)) std::abort();
  }
  return page;
}

inline printer::PageJob drawn_job(int page_count) {
  printer::PageJob job;
  for (int i = 1; i <= page_count; ++i) job.push_back(drawn_page(i));
  return job;
}

inline bool same_pixels(const printer::PageBitmap& page, const Bytes& grey) {
  Bytes row(static_cast<std::size_t>(page.format().width_px));
  if (grey.size() != row.size() * static_cast<std::size_t>(page.format().height_px)) return false;
  for (int y = 0; y < page.format().height_px; ++y) {
    page.row(y, row);
    if (!std::equal(row.begin(), row.end(), grey.begin() + std::ptrdiff_t{y} * page.format().width_px))
      return false;
  }
  return true;
}

}  // namespace bianmin
