#include "drivers/printer/bitmap.hpp"

#include <algorithm>
#include <vector>

namespace bianmin::printer {

namespace {

constexpr int white = 255;

std::size_t byte_count(int width, int height) {
  return static_cast<std::size_t>((width + 7) / 8) * static_cast<std::size_t>(height);
}

// Of the last byte of a row, the dots that are on the picture.
std::uint8_t last_mask(int width) {
  return static_cast<std::uint8_t>(0xFFU << static_cast<unsigned>(7 - (width - 1) % 8));
}

}  // namespace

Bitmap::Bitmap(int width_dots, int height_dots)
    : width(std::max(width_dots, 0)), height(std::max(height_dots, 0)), bits(byte_count(width, height)) {}

Bitmap::Bitmap(int width_dots, int height_dots, Bytes bytes)
    : width(std::max(width_dots, 0)), height(std::max(height_dots, 0)), bits(std::move(bytes)) {
  bits.resize(byte_count(width, height));
}

bool Bitmap::black(int x, int y) const {
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  return (bits[static_cast<std::size_t>(y * row_bytes() + x / 8)] >> (7 - x % 8) & 1) != 0;
}

void Bitmap::set(int x, int y, bool is_black) {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  std::uint8_t& byte = bits[static_cast<std::size_t>(y * row_bytes() + x / 8)];
  const auto bit = static_cast<std::uint8_t>(0x80U >> static_cast<unsigned>(x % 8));
  byte = is_black ? static_cast<std::uint8_t>(byte | bit) : static_cast<std::uint8_t>(byte & ~bit);
}

void Bitmap::fill(int x, int y, int fill_width, int fill_height) {
  const int left = std::max(x, 0);
  const int right = std::min(x + fill_width, width);
  if (left >= right) return;
  const auto from_left = static_cast<std::uint8_t>(0xFFU >> static_cast<unsigned>(left % 8));
  const std::uint8_t to_right = last_mask(right);
  for (int row = std::max(y, 0); row < std::min(y + fill_height, height); ++row) {
    std::uint8_t* first = bits.data() + static_cast<std::size_t>(row * row_bytes() + left / 8);
    std::uint8_t* last = bits.data() + static_cast<std::size_t>(row * row_bytes() + (right - 1) / 8);
    if (first == last) {
      *first = static_cast<std::uint8_t>(*first | (from_left & to_right));
      continue;
    }
    *first = static_cast<std::uint8_t>(*first | from_left);
    std::fill(first + 1, last, std::uint8_t{0xFF});
    *last = static_cast<std::uint8_t>(*last | to_right);
  }
}

void Bitmap::draw(const Bitmap& picture, int x, int y, int scale_x, int scale_y) {
  if (scale_x == 1 && scale_y == 1) return draw_as_it_is(picture, x, y);
  for (int row = 0; row < picture.height; ++row) {
    for (int column = 0; column < picture.width; ++column) {
      if (picture.black(column, row)) fill(x + column * scale_x, y + row * scale_y, scale_x, scale_y);
    }
  }
}

// Eight dots at a time.
void Bitmap::draw_as_it_is(const Bitmap& picture, int x, int y) {
  const int bytes = picture.row_bytes();
  for (int row = std::max(-y, 0); row < std::min(picture.height, height - y); ++row) {
    const std::uint8_t* from = picture.bits.data() + static_cast<std::size_t>(row * bytes);
    std::uint8_t* to = bits.data() + static_cast<std::size_t>((y + row) * row_bytes());
    for (int i = 0; i < bytes; ++i) {
      const unsigned dots = from[i] & (i + 1 == bytes ? last_mask(picture.width) : 0xFFU);
      const int column = x + i * 8;
      if (dots == 0 || column <= -8 || column >= width) continue;
      const int at = (column + 8) / 8 - 1;  // rounded down
      const auto shift = static_cast<unsigned>(column - at * 8);
      if (at >= 0) to[at] = static_cast<std::uint8_t>(to[at] | dots >> shift);
      if (at + 1 < row_bytes()) to[at + 1] = static_cast<std::uint8_t>(to[at + 1] | dots << (8 - shift));
    }
    if (!bits.empty()) to[row_bytes() - 1] &= last_mask(width);
  }
}

Bitmap Bitmap::rows(int from, int count) const {
  const int first = std::clamp(from, 0, height);
  const int end = std::clamp(from + count, first, height);
  const auto begin = bits.begin() + static_cast<std::ptrdiff_t>(first) * row_bytes();
  return {width, end - first, Bytes(begin, begin + static_cast<std::ptrdiff_t>(end - first) * row_bytes())};
}

Bitmap Bitmap::without_border() const {
  int left = width;
  int right = 0;
  int top = height;
  int bottom = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (!black(x, y)) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      top = std::min(top, y);
      bottom = y + 1;
    }
  }
  Bitmap out(right - left, bottom - top);
  out.draw(*this, -left, -top);
  return out;
}

Bitmap Bitmap::upside_down() const {
  Bitmap out(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) out.set(width - 1 - x, height - 1 - y, black(x, y));
  }
  return out;
}

Bitmap Bitmap::turned_clockwise() const {
  Bitmap out(height, width);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) out.set(height - 1 - y, x, black(x, y));
  }
  return out;
}

Bitmap dithered(const GrayPicture& picture) {
  Bitmap out(picture.width, picture.height);
  const auto width = static_cast<std::size_t>(picture.width);
  // What is left of each pixel to give, in sixteenths; one more at both ends, so that nothing needs a check.
  std::vector<int> here(width + 2);
  std::vector<int> below(width + 2);
  for (int y = 0; y < picture.height; ++y) {
    std::swap(here, below);
    std::fill(below.begin(), below.end(), 0);
    for (std::size_t x = 0; x < width; ++x) {
      const int pixel = picture.pixels[static_cast<std::size_t>(y) * width + x];
      const int wanted = pixel + here[x + 1] / 16;
      const bool black = wanted < (white + 1) / 2;
      if (black) out.set(static_cast<int>(x), y);
      const int left = wanted - (black ? 0 : white);
      here[x + 2] += left * 7;
      below[x] += left * 3;
      below[x + 1] += left * 5;
      below[x + 2] += left;
    }
  }
  return out;
}

GrayPicture shrunk(const GrayPicture& picture, int width) {
  if (width >= picture.width || width <= 0) return picture;
  GrayPicture out;
  out.width = width;
  out.height = std::max(1, picture.height * width / picture.width);
  for (int y = 0; y < out.height; ++y) {
    const int top = y * picture.height / out.height;
    const int bottom = std::max(top + 1, (y + 1) * picture.height / out.height);
    for (int x = 0; x < width; ++x) {
      const int left = x * picture.width / width;
      const int right = std::max(left + 1, (x + 1) * picture.width / width);
      int sum = 0;
      for (int row = top; row < bottom; ++row) {
        for (int column = left; column < right; ++column) {
          sum += picture.pixels[static_cast<std::size_t>(row * picture.width + column)];
        }
      }
      out.pixels.push_back(static_cast<std::uint8_t>(sum / ((bottom - top) * (right - left))));
    }
  }
  return out;
}

}  // namespace bianmin::printer
