// Where in a grey picture a code may be. Pure; takes valid pictures only.
#pragma once

#include <vector>

#include "drivers/scanner/gray_image.hpp"

namespace bianmin::scanner {

struct Region {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};
// Islands full of edges, with a little of the paper around them, the most like a code first: full, square and
// large. What the dullest quarter of the picture has of edges is noise. At most `count_max`.
std::vector<Region> busy_regions(const GrayImage& image, std::size_t count_max);

// Bars that lie side by side, as a linear code or PDF417 has them.
struct Bars {
  double x = 0;  // the middle
  double y = 0;
  double angle = 0;   // of the line across the bars, from the picture's right downwards, in radians
  double across = 0;  // pixels from the first bar to the last
  double along = 0;   // pixels that the bars are high
};
// The largest first, at most `count_max`.
std::vector<Bars> find_bars(const GrayImage& image, std::size_t count_max);
// What lies in them, with a margin, turned so that the bars stand upright, so many times as wide and as high.
GrayImage upright(const GrayImage& image, const Bars& bars, double scale_across, double scale_along);

}  // namespace bianmin::scanner
