// Linear codes at any angle: their bars all run one way, which nothing else in a picture does for long.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <utility>

#include "drivers/scanner/image_places.hpp"

namespace bianmin::scanner {

namespace {

constexpr int cell_side = 12;
constexpr double coherence_min = 0.45;  // 1: all change goes one way
constexpr double energy_min = 40;       // mean square of the steps; less is noise
constexpr double angle_difference_max = 0.22;
constexpr int cells_min = 4;

// How light and dark change in one cell: the structure tensor.
struct Cell {
  double across = 0;
  double down = 0;
  double both = 0;

  double energy() const { return across + down; }
  double coherence() const { return energy() <= 0 ? 0 : std::hypot(across - down, 2 * both) / energy(); }
  double angle() const { return std::atan2(2 * both, across - down) / 2; }
};

double difference(double a, double b) {
  const double whole = std::fabs(a - b);
  return std::min(whole, std::numbers::pi - whole);
}

struct Candidate {
  Bars bars;
  double energy = 0;
};

class Grid {
 public:
  explicit Grid(const GrayImage& image)
      : columns_(image.width / cell_side),
        rows_(image.height / cell_side),
        cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {
    for (int row = 0; row < rows_; ++row) {
      for (int column = 0; column < columns_; ++column) cells_[at(column, row)] = measure(image, column, row);
    }
  }
  std::vector<Candidate> clusters();

 private:
  std::size_t at(int column, int row) const { return static_cast<std::size_t>(row * columns_ + column); }
  static Cell measure(const GrayImage& image, int column, int row);
  bool is_barred(const Cell& cell) const {
    return cell.energy() >= energy_min && cell.coherence() >= coherence_min;
  }
  Candidate gather(std::size_t from);

  int columns_;
  int rows_;
  std::vector<Cell> cells_;
};

Cell Grid::measure(const GrayImage& image, int column, int row) {
  const auto stride = static_cast<std::size_t>(image.width);
  std::int64_t across = 0;
  std::int64_t down = 0;
  std::int64_t both = 0;
  for (int y = row * cell_side; y < (row + 1) * cell_side - 1; ++y) {
    const std::uint8_t* line =
        &image.pixels[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(column * cell_side)];
    for (std::size_t x = 0; x + 1 < cell_side; ++x) {
      // The steps of the 2 x 2 along both diagonals would be cheaper still, but turn the angle.
      const int right = line[x + 1] + line[x + 1 + stride] - line[x] - line[x + stride];
      const int below = line[x + stride] + line[x + 1 + stride] - line[x] - line[x + 1];
      across += right * right;
      down += below * below;
      both += right * below;
    }
  }
  constexpr double count = (cell_side - 1) * (cell_side - 1) * 4;
  return {static_cast<double>(across) / count, static_cast<double>(down) / count,
          static_cast<double>(both) / count};
}

// All barred cells that touch this one and run its way; they are used up.
Candidate Grid::gather(std::size_t from) {
  std::vector<std::size_t> reached = {from};
  std::vector<std::size_t> members;
  Cell sum = std::exchange(cells_[from], Cell{});
  while (!reached.empty()) {
    const std::size_t cell = reached.back();
    reached.pop_back();
    members.push_back(cell);
    const int x = static_cast<int>(cell) % columns_;
    const int y = static_cast<int>(cell) / columns_;
    for (int row = std::max(y - 1, 0); row <= std::min(y + 1, rows_ - 1); ++row) {
      for (int column = std::max(x - 1, 0); column <= std::min(x + 1, columns_ - 1); ++column) {
        Cell& next = cells_[at(column, row)];
        if (!is_barred(next) || difference(next.angle(), sum.angle()) > angle_difference_max) continue;
        sum.across += next.across;
        sum.down += next.down;
        sum.both += next.both;
        next = Cell{};
        reached.push_back(at(column, row));
      }
    }
  }
  if (members.size() < cells_min) return {};
  Bars bars;
  bars.angle = sum.angle();
  const double cosine = std::cos(bars.angle);
  const double sine = std::sin(bars.angle);
  double u_min = 1e9, u_max = -1e9, v_min = 1e9, v_max = -1e9;
  for (const std::size_t cell : members) {
    const double x = (static_cast<int>(cell) % columns_ + 0.5) * cell_side;
    const double y = (static_cast<int>(cell) / columns_ + 0.5) * cell_side;
    const double u = x * cosine + y * sine;
    const double v = y * cosine - x * sine;
    u_min = std::min(u_min, u), u_max = std::max(u_max, u);
    v_min = std::min(v_min, v), v_max = std::max(v_max, v);
  }
  const double u = (u_min + u_max) / 2;
  const double v = (v_min + v_max) / 2;
  bars.x = u * cosine - v * sine;
  bars.y = u * sine + v * cosine;
  bars.across = u_max - u_min + cell_side;
  bars.along = v_max - v_min + cell_side;
  return {bars, sum.energy()};
}

std::vector<Candidate> Grid::clusters() {
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (!is_barred(cells_[i])) continue;
    const Candidate found = gather(i);
    if (found.energy > 0) all.push_back(found);
  }
  return all;
}

}  // namespace

std::vector<Bars> find_bars(const GrayImage& image, std::size_t count_max) {
  std::vector<Candidate> all = Grid(image).clusters();
  std::sort(all.begin(), all.end(),
            [](const Candidate& a, const Candidate& b) { return a.energy > b.energy; });
  std::vector<Bars> out;
  for (std::size_t i = 0; i < all.size() && i < count_max; ++i) out.push_back(all[i].bars);
  return out;
}

GrayImage upright(const GrayImage& image, const Bars& bars, double scale_across, double scale_along) {
  // Places in the picture in parts of 2^-16 of a pixel.
  constexpr double one = 1 << 16;
  constexpr int shade_bits = 8;
  const double margin = 12 + bars.across / 8;
  GrayImage out;
  out.width = std::max(static_cast<int>((bars.across + 2 * margin) * scale_across), 1);
  out.height = std::max(static_cast<int>(bars.along * scale_along), 1);
  out.pixels.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  const double cosine = std::cos(bars.angle);
  const double sine = std::sin(bars.angle);
  const auto stride = static_cast<std::size_t>(image.width);
  const auto x_step = static_cast<std::int64_t>(cosine / scale_across * one);
  const auto y_step = static_cast<std::int64_t>(sine / scale_across * one);
  const std::int64_t x_max = (std::int64_t{image.width - 1} << 16) - 1;
  const std::int64_t y_max = (std::int64_t{image.height - 1} << 16) - 1;
  if (x_max < 0 || y_max < 0) return out;
  std::uint8_t* to = out.pixels.data();
  for (int row = 0; row < out.height; ++row) {
    const double u = (0.5 - out.width / 2.0) / scale_across;
    const double v = (row + 0.5 - out.height / 2.0) / scale_along;
    auto x = static_cast<std::int64_t>((bars.x + u * cosine - v * sine - 0.5) * one);
    auto y = static_cast<std::int64_t>((bars.y + u * sine + v * cosine - 0.5) * one);
    for (int column = 0; column < out.width; ++column, x += x_step, y += y_step) {
      const std::int64_t inside_x = std::clamp(x, std::int64_t{0}, x_max);
      const std::int64_t inside_y = std::clamp(y, std::int64_t{0}, y_max);
      const auto part = static_cast<int>(inside_x >> shade_bits & 0xFF);
      const auto part_down = static_cast<int>(inside_y >> shade_bits & 0xFF);
      const std::uint8_t* at = &image.pixels[static_cast<std::size_t>(inside_y >> 16) * stride +
                                             static_cast<std::size_t>(inside_x >> 16)];
      const int upper = at[0] * (256 - part) + at[1] * part;
      const int lower = at[stride] * (256 - part) + at[stride + 1] * part;
      *to++ = static_cast<std::uint8_t>((upper * (256 - part_down) + lower * part_down) >> 16);
    }
  }
  return out;
}

}  // namespace bianmin::scanner
