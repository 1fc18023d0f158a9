#include "drivers/scanner/image_filters.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bianmin::scanner {

namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }
std::uint8_t clamped(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

GrayImage blank(int width, int height, std::uint8_t value = 0) {
  return {width, height, std::vector<std::uint8_t>(index(width) * index(height), value)};
}

}  // namespace

GrayImage stretched(const GrayImage& image) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t pixel : image.pixels) ++counts[pixel];
  const std::size_t cut = image.pixels.size() / 100;
  const auto level = [&](bool from_dark) {
    std::size_t sum = 0;
    for (int i = 0; i < 256; ++i) {
      const int value = from_dark ? i : 255 - i;
      sum += counts[index(value)];
      if (sum > cut) return value;
    }
    return from_dark ? 0 : 255;
  };
  const int dark = level(true);
  const int light = std::max(level(false), dark + 1);
  std::array<std::uint8_t, 256> table{};
  for (int i = 0; i < 256; ++i) table[index(i)] = clamped((i - dark) * 255 / (light - dark));
  GrayImage out = image;
  for (std::uint8_t& pixel : out.pixels) pixel = table[pixel];
  return out;
}

GrayImage inverted(const GrayImage& image) {
  GrayImage out = image;
  for (std::uint8_t& pixel : out.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
  return out;
}

GrayImage halved(const GrayImage& image) {
  if (image.width < 2 || image.height < 2) return image;
  GrayImage out = blank(image.width / 2, image.height / 2);
  const std::size_t stride = index(image.width);
  std::uint8_t* to = out.pixels.data();
  for (int y = 0; y < out.height; ++y) {
    const std::uint8_t* upper = &image.pixels[index(2 * y) * stride];
    const std::uint8_t* lower = upper + stride;
    for (int x = 0; x < out.width; ++x, upper += 2, lower += 2)
      *to++ = static_cast<std::uint8_t>((upper[0] + upper[1] + lower[0] + lower[1] + 2) / 4);
  }
  return out;
}

GrayImage doubled(const GrayImage& image) {
  GrayImage out = blank(image.width * 2, image.height * 2);
  const std::size_t stride = index(image.width);
  for (int y = 0; y < out.height; ++y) {
    // Pixels' centres: a quarter from the near one, three quarters from the far one.
    const int near_row = y / 2;
    const int far_row = std::clamp(near_row + (y % 2 == 0 ? -1 : 1), 0, image.height - 1);
    const std::uint8_t* near_line = &image.pixels[index(near_row) * stride];
    const std::uint8_t* far_line = &image.pixels[index(far_row) * stride];
    std::uint8_t* to = &out.pixels[index(y) * index(out.width)];
    int before = 3 * near_line[0] + far_line[0];
    int here = before;
    for (int x = 0; x < image.width; ++x) {
      const std::size_t next = index(std::min(x + 1, image.width - 1));
      const int after = 3 * near_line[next] + far_line[next];
      *to++ = static_cast<std::uint8_t>((3 * here + before + 8) / 16);
      *to++ = static_cast<std::uint8_t>((3 * here + after + 8) / 16);
      before = here;
      here = after;
    }
  }
  return out;
}

GrayImage median(const GrayImage& image) {
  GrayImage out = image;
  const std::size_t width = index(image.width);
  // Each column of three sorted, then the median of the nine from their lows, middles and highs. Line by line
  // and without branches, so that the compiler takes many pixels at once.
  std::array<std::vector<std::uint8_t>, 3> sorted;
  for (auto& line : sorted) line.resize(width);
  std::uint8_t* const lows = sorted[0].data();
  std::uint8_t* const middles = sorted[1].data();
  std::uint8_t* const highs = sorted[2].data();
  const auto least = [](std::uint8_t a, std::uint8_t b) { return a < b ? a : b; };
  const auto most = [](std::uint8_t a, std::uint8_t b) { return a < b ? b : a; };
  const auto between = [&](std::uint8_t a, std::uint8_t b, std::uint8_t c) {
    return most(least(a, b), least(most(a, b), c));
  };
  for (std::size_t y = 1; y + 1 < index(image.height); ++y) {
    const std::uint8_t* above = &image.pixels[(y - 1) * width];
    const std::uint8_t* here = above + width;
    const std::uint8_t* below = here + width;
    for (std::size_t x = 0; x < width; ++x) {
      lows[x] = least(least(above[x], here[x]), below[x]);
      highs[x] = most(most(above[x], here[x]), below[x]);
      middles[x] = between(above[x], here[x], below[x]);
    }
    std::uint8_t* to = &out.pixels[y * width];
    for (std::size_t x = 1; x + 1 < width; ++x) {
      const std::uint8_t low = most(most(lows[x - 1], lows[x]), lows[x + 1]);
      const std::uint8_t high = least(least(highs[x - 1], highs[x]), highs[x + 1]);
      to[x] = between(low, between(middles[x - 1], middles[x], middles[x + 1]), high);
    }
  }
  return out;
}

GrayImage smoothed(const GrayImage& image, int radius) {
  GrayImage out = blank(image.width, image.height);
  const std::size_t stride = index(image.width);
  const unsigned side = 2U * static_cast<unsigned>(radius) + 1U;
  const unsigned scale = (1U << 16U) / (side * side);
  const auto line = [&](int y) { return &image.pixels[index(std::clamp(y, 0, image.height - 1)) * stride]; };
  // Sums down the columns, all at once; along each row they are then summed again, its ends repeated.
  std::vector<unsigned> sums(stride, 0);
  const auto add = [&](const std::uint8_t* from) {
    for (std::size_t x = 0; x < stride; ++x) sums[x] += from[x];
  };
  for (int y = -radius; y <= radius; ++y) add(line(y));
  for (int y = 0; y < image.height; ++y) {
    std::uint8_t* to = &out.pixels[index(y) * stride];
    const auto column = [&](int x) { return sums[index(std::clamp(x, 0, image.width - 1))]; };
    unsigned sum = side * side / 2;
    for (int x = -radius; x <= radius; ++x) sum += column(x);
    const auto step = [&](int x) {
      to[index(x)] = static_cast<std::uint8_t>(std::min(sum * scale >> 16U, 255U));
    };
    const int inner_end = image.width - radius - 1;
    int x = 0;
    for (; x < std::min(radius, image.width); ++x)
      step(x), sum += column(x + radius + 1) - column(x - radius);
    for (; x < inner_end; ++x) step(x), sum += sums[index(x + radius + 1)] - sums[index(x - radius)];
    for (; x < image.width; ++x) step(x), sum += column(x + radius + 1) - column(x - radius);
    add(line(y + radius + 1));
    const std::uint8_t* leaves = line(y - radius);
    for (std::size_t i = 0; i < stride; ++i) sums[i] -= leaves[i];
  }
  return out;
}

GrayImage smoothed_upright(const GrayImage& image, int radius) {
  GrayImage out = image;
  const std::size_t stride = index(image.width);
  std::vector<unsigned> sums(stride, 0);
  int top = 0;
  int bottom = 0;  // past the last row in the sums
  for (int y = 0; y < image.height; ++y) {
    for (; bottom <= std::min(y + radius, image.height - 1); ++bottom) {
      for (std::size_t x = 0; x < stride; ++x) sums[x] += image.pixels[index(bottom) * stride + x];
    }
    for (; top < y - radius; ++top) {
      for (std::size_t x = 0; x < stride; ++x) sums[x] -= image.pixels[index(top) * stride + x];
    }
    const auto count = static_cast<unsigned>(bottom - top);
    const unsigned scale = (1U << 16U) / count;
    std::uint8_t* to = &out.pixels[index(y) * stride];
    for (std::size_t x = 0; x < stride; ++x)
      to[x] = static_cast<std::uint8_t>((sums[x] + count / 2) * scale >> 16U);
  }
  return out;
}

GrayImage sharpened(const GrayImage& image, int radius, int percent) {
  GrayImage out = smoothed(image, radius);
  for (std::size_t i = 0; i < out.pixels.size(); ++i) {
    const int value = image.pixels[i];
    out.pixels[i] = clamped(value + (value - out.pixels[i]) * percent / 100);
  }
  return out;
}

GrayImage thresholded(const GrayImage& image, int radius) {
  constexpr unsigned least_difference = 4;  // between the pixel and its neighbourhood; less is paper
  GrayImage out = blank(image.width, image.height, 255);
  const std::size_t width = index(image.width);
  std::vector<unsigned> columns(width, 0);   // the sums of those rows of each column that are near
  std::vector<unsigned> sums(width + 1, 0);  // of all columns to the left
  const auto row = [&](int y) { return &image.pixels[index(y) * width]; };
  int top = 0;
  int bottom = 0;  // past the last row in the sums
  for (int y = 0; y < image.height; ++y) {
    for (; bottom < std::min(y + radius + 1, image.height); ++bottom) {
      const std::uint8_t* comes = row(bottom);
      for (std::size_t x = 0; x < width; ++x) columns[x] += comes[x];
    }
    for (; top < y - radius; ++top) {
      const std::uint8_t* leaves = row(top);
      for (std::size_t x = 0; x < width; ++x) columns[x] -= leaves[x];
    }
    for (std::size_t x = 0; x < width; ++x) sums[x + 1] = sums[x] + columns[x];
    const std::uint8_t* from = row(y);
    std::uint8_t* to = &out.pixels[index(y) * width];
    const auto near_rows = static_cast<unsigned>(bottom - top);
    const auto step = [&](int x) {
      const int left = std::max(x - radius, 0);
      const int right = std::min(x + radius + 1, image.width);
      const unsigned area = near_rows * static_cast<unsigned>(right - left);
      if ((from[x] + least_difference) * area < sums[index(right)] - sums[index(left)]) to[x] = 0;
    };
    const int inner_end = image.width - radius;
    for (int x = 0; x < std::min(radius, image.width); ++x) step(x);
    // Away from the edges without branches, so that the compiler takes many pixels at once.
    const unsigned area = near_rows * (2U * static_cast<unsigned>(radius) + 1U);
    for (int x = radius; x < inner_end; ++x) {
      const unsigned sum = sums[index(x + radius + 1)] - sums[index(x - radius)];
      to[x] = (from[x] + least_difference) * area < sum ? std::uint8_t{0} : std::uint8_t{255};
    }
    for (int x = std::max(inner_end, std::min(radius, image.width)); x < image.width; ++x) step(x);
  }
  return out;
}

GrayImage with_margin(const GrayImage& image, int margin) {
  GrayImage out = blank(image.width + 2 * margin, image.height + 2 * margin, 255);
  for (int y = 0; y < image.height; ++y) {
    std::copy_n(&image.pixels[index(y) * index(image.width)], image.width,
                &out.pixels[index(y + margin) * index(out.width) + index(margin)]);
  }
  return out;
}

GrayImage cropped(const GrayImage& image, int x, int y, int width, int height) {
  GrayImage out = blank(width, height);
  for (int row = 0; row < height; ++row) {
    const auto* from = &image.pixels[index(y + row) * index(image.width) + index(x)];
    std::copy_n(from, width, &out.pixels[index(row) * index(width)]);
  }
  return out;
}

}  // namespace bianmin::scanner
