// Where a code of many small modules may be: an island of edges, because paper is left free around it. Looked
// for in cells of two sizes: small ones part a code from the print beside it, large ones hold the modules of
// a large code together.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "drivers/scanner/image_places.hpp"

namespace bianmin::scanner {

namespace {

constexpr int cell_side = 4;
constexpr std::uint32_t busy_min = 3;    // mean step of light per pixel, beyond that of the dull parts
constexpr int neighbours_min = 5;        // busy ones of the 3 x 3 around a cell; mere lines have fewer
constexpr int large_neighbours_min = 4;  // the same for large cells, of which a code has few
constexpr std::size_t island_cells_min = 6;
constexpr int island_side_min = 2;

std::size_t index(int value) { return static_cast<std::size_t>(value); }

// How much light and dark change, in squares of `side` pixels.
struct Cells {
  int side = cell_side;
  int columns = 0;
  int rows = 0;
  std::vector<std::uint32_t> steps;  // summed over the pixels

  std::size_t at(int column, int row) const { return index(row) * index(columns) + index(column); }
};

Cells measure(const GrayImage& image) {
  Cells cells;
  cells.columns = (image.width - 1) / cell_side;
  cells.rows = (image.height - 1) / cell_side;
  cells.steps.resize(index(cells.columns) * index(cells.rows));
  const std::size_t stride = index(image.width);
  const std::size_t used = index(cells.columns * cell_side);
  std::vector<std::uint16_t> sums(used);
  for (int row = 0; row < cells.rows; ++row) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{0});
    for (int y = row * cell_side; y < (row + 1) * cell_side; ++y) {
      const std::uint8_t* here = &image.pixels[index(y) * stride];
      for (std::size_t x = 0; x < used; ++x) {
        const int right = std::abs(here[x + 1] - here[x]);
        const int below = std::abs(here[x + stride] - here[x]);
        sums[x] = static_cast<std::uint16_t>(sums[x] + std::max(right, below));
      }
    }
    for (std::size_t x = 0; x < used; ++x) cells.steps[cells.at(0, row) + x / cell_side] += sums[x];
  }
  return cells;
}

// Twice as large ones.
Cells coarser(const Cells& fine) {
  Cells cells{fine.side * 2, fine.columns / 2, fine.rows / 2, {}};
  for (int row = 0; row < cells.rows; ++row) {
    for (int column = 0; column < cells.columns; ++column) {
      const std::size_t first = fine.at(2 * column, 2 * row);
      const std::size_t below = fine.at(2 * column, 2 * row + 1);
      cells.steps.push_back(fine.steps[first] + fine.steps[first + 1] + fine.steps[below] +
                            fine.steps[below + 1]);
    }
  }
  return cells;
}

// What the dullest quarter of the picture has is noise.
std::uint32_t busy_threshold(const Cells& cells) {
  std::vector<std::uint32_t> sorted = cells.steps;
  const auto quarter = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 4);
  std::nth_element(sorted.begin(), quarter, sorted.end());
  return *quarter * 3 / 2 + busy_min * static_cast<std::uint32_t>(cells.side * cells.side);
}

// 1: busy, among busy ones.
std::vector<std::uint8_t> core(const Cells& cells, int least) {
  const std::uint32_t threshold = busy_threshold(cells);
  std::vector<std::uint8_t> busy(cells.steps.size());
  for (std::size_t i = 0; i < busy.size(); ++i) busy[i] = cells.steps[i] >= threshold ? 1 : 0;
  std::vector<std::uint8_t> out(busy.size());
  for (int row = 0; row < cells.rows; ++row) {
    for (int column = 0; column < cells.columns; ++column) {
      if (busy[cells.at(column, row)] == 0) continue;
      int count = 0;
      for (int y = std::max(row - 1, 0); y <= std::min(row + 1, cells.rows - 1); ++y) {
        for (int x = std::max(column - 1, 0); x <= std::min(column + 1, cells.columns - 1); ++x)
          count += busy[cells.at(x, y)];
      }
      out[cells.at(column, row)] = count >= least ? 1 : 0;
    }
  }
  return out;
}

struct Island {
  Region region;
  double score = 0;  // a code is full of steps, square, and large
};

class Gatherer {
 public:
  Gatherer(const Cells& cells, int neighbours) : cells_(cells), left_(core(cells, neighbours)) {}
  std::vector<Island> all() {
    std::vector<Island> out;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (left_[i] == 0) continue;
      const Island island = gather(i);
      if (island.score > 0) out.push_back(island);
    }
    return out;
  }

 private:
  // All that touch this one; they are used up.
  Island gather(std::size_t from);

  const Cells& cells_;
  std::vector<std::uint8_t> left_;
};

Island Gatherer::gather(std::size_t from) {
  std::vector<std::size_t> reached = {from};
  left_[from] = 0;
  std::size_t count = 0;
  std::uint64_t steps = 0;
  int x_min = cells_.columns, x_max = 0, y_min = cells_.rows, y_max = 0;
  while (!reached.empty()) {
    const std::size_t cell = reached.back();
    reached.pop_back();
    ++count;
    steps += cells_.steps[cell];
    const int x = static_cast<int>(cell) % cells_.columns;
    const int y = static_cast<int>(cell) / cells_.columns;
    x_min = std::min(x_min, x), x_max = std::max(x_max, x);
    y_min = std::min(y_min, y), y_max = std::max(y_max, y);
    for (int row = std::max(y - 1, 0); row <= std::min(y + 1, cells_.rows - 1); ++row) {
      for (int column = std::max(x - 1, 0); column <= std::min(x + 1, cells_.columns - 1); ++column) {
        const std::size_t next = cells_.at(column, row);
        if (std::exchange(left_[next], std::uint8_t{0}) != 0) reached.push_back(next);
      }
    }
  }
  const int width = x_max - x_min + 1;
  const int height = y_max - y_min + 1;
  if (count < island_cells_min || std::min(width, height) < island_side_min) return {};
  const double mean = double(steps) / double(count) / (cells_.side * cells_.side);
  const double fill = double(count) / (double(width) * height);
  const double squareness = double(std::min(width, height)) / std::max(width, height);
  return {{x_min * cells_.side, y_min * cells_.side, width * cells_.side, height * cells_.side},
          mean * std::sqrt(double(count)) * cells_.side * fill * squareness};
}

// The same place, found with both sizes of cells.
bool alike(const Region& a, const Region& b) {
  const int width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const int height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return false;
  return 10 * width * height > 6 * std::max(a.width * a.height, b.width * b.height);
}

Region with_margin(const Region& region, const GrayImage& image) {
  const int margin = cell_side + std::max(region.width, region.height) / 10;
  Region out;
  out.x = std::max(region.x - margin, 0);
  out.y = std::max(region.y - margin, 0);
  out.width = std::min(region.x + region.width + margin, image.width) - out.x;
  out.height = std::min(region.y + region.height + margin, image.height) - out.y;
  return out;
}

}  // namespace

std::vector<Region> busy_regions(const GrayImage& image, std::size_t count_max) {
  const Cells fine = measure(image);
  if (fine.columns < 2 || fine.rows < 2) return {};
  const Cells coarse = coarser(fine);
  std::vector<Island> islands = Gatherer(fine, neighbours_min).all();
  const std::vector<Island> large = Gatherer(coarse, large_neighbours_min).all();
  islands.insert(islands.end(), large.begin(), large.end());
  std::stable_sort(islands.begin(), islands.end(),
                   [](const Island& a, const Island& b) { return a.score > b.score; });
  std::vector<Region> found;
  std::vector<Region> out;
  for (const Island& island : islands) {
    if (out.size() == count_max) break;
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const Region& region) { return alike(region, island.region); });
    if (known) continue;
    found.push_back(island.region);
    out.push_back(with_margin(island.region, image));
  }
  return out;
}

}  // namespace bianmin::scanner
