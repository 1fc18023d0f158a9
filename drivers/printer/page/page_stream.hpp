// A job's bytes in the printer's language, piece by piece: no page is ever whole in memory.
#pragma once

#include <memory>
#include <vector>

#include "drivers/printer/page/page_bitmap.hpp"

namespace bianmin::printer {

// Not thread-safe; borrows the pages.
class PageStream {
 public:
  virtual ~PageStream() = default;
  virtual Bytes next() = 0;  // some kilobytes; empty: that was all
  // Of how many pages the last ink is in the pieces until now: so many whole ones a printer may put on paper,
  // also when it puts out what is torn.
  virtual int finished_pages() const = 0;
};

enum class PwgColour { gray, black };  // sgray_8, black_1

// PWG raster. Source: PWG 5102.4-2012, "RaS2". `scale`: 1 or 2, pixels per pixel in both directions.
std::unique_ptr<PageStream> pwg_stream(const std::vector<PageBitmap>& pages, PwgColour colour, int scale);

// PCL 5e raster graphics, black or white, compressed by methods 2 and 3, whichever is shorter. Source: HP,
// PCL 5 Printer Language Technical Reference Manual, chapters 4, 5 and 15. Nothing is printed in the left and
// right 6 mm, which PCL's logical page does not have.
std::unique_ptr<PageStream> pcl_stream(const std::vector<PageBitmap>& pages, int scale);

}  // namespace bianmin::printer
