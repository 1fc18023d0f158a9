// Where a code of many small modules may be: a square in which every part is full of edges. Lines of text
// have gaps, furniture has few edges.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "drivers/scanner/image_places.hpp"

namespace bianmin::scanner {

namespace {

constexpr int cell_side = 8;
constexpr int parts = 3;  // a window is judged by parts x parts of it
constexpr std::array<int, 7> part_cells = {12, 9, 6, 4, 3, 2, 1};  // a part's side, the largest first
constexpr int noise = 6;                                           // a step of light that is none
constexpr int busy_min = 3;                                        // mean step beyond that, per pixel

// Sums of the cells above and to the left, of how much light and dark change in them.
class Busyness {
 public:
  explicit Busyness(const GrayImage& image)
      : columns_(image.width / cell_side),
        rows_(image.height / cell_side),
        sums_(static_cast<std::size_t>(columns_ + 1) * static_cast<std::size_t>(rows_ + 1)) {
    for (int row = 0; row < rows_; ++row) {
      std::uint32_t line = 0;
      for (int column = 0; column < columns_; ++column) {
        line += measure(image, column, row);
        sums_[at(column + 1, row + 1)] = sums_[at(column + 1, row)] + line;
      }
    }
  }
  int columns() const { return columns_; }
  int rows() const { return rows_; }
  // The mean of the dullest part of a window.
  std::uint32_t dullest(int column, int row, int side) const {
    std::uint32_t least = UINT32_MAX;
    for (int j = 0; j < parts; ++j) {
      for (int i = 0; i < parts; ++i) least = std::min(least, sum(column + i * side, row + j * side, side));
    }
    return least / static_cast<std::uint32_t>(side * side);
  }

 private:
  std::size_t at(int column, int row) const {
    return static_cast<std::size_t>(row * (columns_ + 1) + column);
  }
  std::uint32_t sum(int column, int row, int side) const {
    return sums_[at(column + side, row + side)] - sums_[at(column + side, row)] -
           sums_[at(column, row + side)] + sums_[at(column, row)];
  }
  static std::uint32_t measure(const GrayImage& image, int column, int row) {
    int sum = 0;
    const auto stride = static_cast<std::size_t>(image.width);
    const int bottom = std::min((row + 1) * cell_side, image.height - 1);
    const int right = std::min((column + 1) * cell_side, image.width - 1);
    for (int y = row * cell_side; y < bottom; ++y) {
      const std::uint8_t* line = &image.pixels[static_cast<std::size_t>(y) * stride];
      for (int x = column * cell_side; x < right; ++x) {
        const int step = std::max(std::abs(line[x + 1] - line[x]),
                                  std::abs(line[static_cast<std::size_t>(x) + stride] - line[x]));
        sum += std::max(step - noise, 0);
      }
    }
    return static_cast<std::uint32_t>(sum);
  }

  int columns_;
  int rows_;
  std::vector<std::uint32_t> sums_;
};

struct Window {
  Region region;
  std::uint64_t score = 0;
};

bool overlap(const Region& a, const Region& b) {
  const int width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const int height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return false;
  return 2 * width * height > std::min(a.width * a.height, b.width * b.height);
}

Region with_surroundings(const Region& window, const GrayImage& image) {
  const int margin = window.width / 2;
  Region out;
  out.x = std::max(window.x - margin, 0);
  out.y = std::max(window.y - margin, 0);
  out.width = std::min(window.x + window.width + margin, image.width) - out.x;
  out.height = std::min(window.y + window.height + margin, image.height) - out.y;
  return out;
}

}  // namespace

std::vector<Region> busy_regions(const GrayImage& image, std::size_t count_max) {
  const Busyness busy(image);
  std::vector<Window> windows;
  for (const int side : part_cells) {
    const int whole = side * parts;
    const int step = std::max(side / 2, 1);
    for (int row = 0; row + whole <= busy.rows(); row += step) {
      for (int column = 0; column + whole <= busy.columns(); column += step) {
        const std::uint32_t dullest = busy.dullest(column, row, side);
        if (dullest < busy_min * cell_side * cell_side) continue;
        const int pixels = whole * cell_side;
        windows.push_back({{column * cell_side, row * cell_side, pixels, pixels},
                           std::uint64_t{dullest} * static_cast<std::uint64_t>(pixels)});
      }
    }
  }
  std::vector<Region> found;
  while (found.size() < count_max && !windows.empty()) {
    const auto best = std::max_element(windows.begin(), windows.end(),
                                       [](const Window& a, const Window& b) { return a.score < b.score; });
    const Region region = best->region;
    found.push_back(with_surroundings(region, image));
    std::erase_if(windows, [&](const Window& other) { return overlap(region, other.region); });
  }
  return found;
}

}  // namespace bianmin::scanner
