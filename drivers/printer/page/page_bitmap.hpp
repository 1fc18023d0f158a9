// A page of paper as pixels, packed: what a page printer is asked to print. Values, safe to give to another
// thread. Pages hold what people told: the memory is wiped when it is given back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::printer {

struct PageFormat {
  int width_px = 0;
  int height_px = 0;
  int dpi = 0;
  bool operator==(const PageFormat&) const = default;
};

// A4, 210 x 297 mm. All pages are made so; a printer that wants 600 dpi gets each pixel four times.
inline constexpr PageFormat a4_page{2'480, 3'508, 300};

// Some ten to some hundred kilobytes for a page of text, where its pixels take 8.7 MB.
class PageBitmap {
 public:
  explicit PageBitmap(const PageFormat& format) : format_(format) {}

  const PageFormat& format() const { return format_; }
  // The next rows from the top: a byte per pixel, 0 black to 255 white. Error "page.bad_rows", and nothing is
  // added: no whole rows, or more of them than the page has.
  Result<void> add_rows(ByteView grey);
  bool whole() const { return row_count() == format_.height_px; }
  int row_count() const { return static_cast<int>(starts_.size()); }
  // `grey` has room for a row; 0 <= y < row_count().
  void row(int y, std::span<std::uint8_t> grey) const;
  // How many rows from `y` on, at most `count_max`, are the same.
  int same_rows(int y, int count_max) const;
  std::size_t byte_count() const { return packed_.size(); }

 private:
  PageFormat format_;
  SecretBytes packed_;
  std::vector<std::uint32_t> starts_;  // of each row in packed_; rows that are the same share one
};

}  // namespace bianmin::printer
