// Black and white pictures as printers take them. Pure.
#pragma once

#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

// Rows of whole bytes from the top, the leftmost dot the highest bit, 1 is black.
struct Bitmap {
  Bitmap() = default;
  Bitmap(int width_dots, int height_dots);               // white; negative sizes count as 0
  Bitmap(int width_dots, int height_dots, Bytes bytes);  // filled up with white, or cut

  int row_bytes() const { return (width + 7) / 8; }
  bool empty() const { return width == 0 || height == 0; }
  bool black(int x, int y) const;                // outside: white
  void set(int x, int y, bool is_black = true);  // outside: nothing happens
  void fill(int x, int y, int fill_width, int fill_height);
  // Draws the black dots of `picture`, each `scale_x` by `scale_y` large.
  void draw(const Bitmap& picture, int x, int y, int scale_x = 1, int scale_y = 1);
  Bitmap rows(int from, int count) const;
  // Without white columns at the right and at the left, and white rows at both ends.
  Bitmap without_border() const;
  Bitmap upside_down() const;       // turned by 180 degrees
  Bitmap turned_clockwise() const;  // by 90 degrees

  int width = 0;
  int height = 0;
  Bytes bits;

 private:
  void draw_as_it_is(const Bitmap& picture, int x, int y);
};

// A grey picture, row by row: 0 black to 255 white.
struct GrayPicture {
  int width = 0;
  int height = 0;
  Bytes pixels;

  bool whole() const {
    return width > 0 && height > 0 &&
           pixels.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
};

// Floyd-Steinberg; a picture of black and white alone stays as it is. `picture` must be whole.
Bitmap dithered(const GrayPicture& picture);
// As wide as `width`, in proportion, each pixel the mean of those that it stands for; only ever smaller.
GrayPicture shrunk(const GrayPicture& picture, int width);

}  // namespace bianmin::printer
