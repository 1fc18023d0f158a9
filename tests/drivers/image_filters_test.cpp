#include "drivers/scanner/image_filters.hpp"

#include <algorithm>
#include <cmath>

#include "drivers/scanner/image_places.hpp"
#include "tests/catch.hpp"
#include "tests/drivers/slip_pictures.hpp"

namespace bianmin::scanner {

namespace {

GrayImage flat(int width, int height, std::uint8_t value) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), value)};
}

std::uint8_t at(const GrayImage& image, int x, int y) {
  return image.pixels[static_cast<std::size_t>(y * image.width + x)];
}

// Bars of `width` pixels, upright, in the middle of a grey picture.
GrayImage barred(int width) {
  GrayImage image = flat(240, 180, 128);
  for (int y = 60; y < 120; ++y) {
    for (int x = 40; x < 200; ++x)
      image.pixels[static_cast<std::size_t>(y * 240 + x)] = x / width % 2 == 0 ? 0 : 255;
  }
  return image;
}

}  // namespace

TEST_CASE("filters leave a flat picture flat, whatever its size") {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 1}, {1, 7}, {5, 5}, {33, 17}}) {
    INFO(width << "x" << height);
    const GrayImage image = flat(width, height, 77);
    CHECK(median(image).pixels == image.pixels);
    for (const int radius : {1, 3, 12}) {
      const GrayImage soft = smoothed(image, radius);
      REQUIRE(soft.valid());
      for (const std::uint8_t pixel : soft.pixels) CHECK(std::abs(pixel - 77) <= 1);
      CHECK(smoothed_upright(image, radius).valid());
      CHECK(sharpened(image, radius, 300).valid());
      CHECK(thresholded(image, radius).pixels == flat(width, height, 255).pixels);
    }
    CHECK(doubled(image).pixels == flat(2 * width, 2 * height, 77).pixels);
    CHECK(halved(image).valid());
    CHECK(stretched(image).valid());
  }
}

TEST_CASE("smoothing is the mean of the square around each pixel") {
  GrayImage image = flat(7, 7, 0);
  image.pixels[3 * 7 + 3] = 225;
  const GrayImage soft = smoothed(image, 1);
  CHECK(at(soft, 3, 3) == 25);
  CHECK(at(soft, 2, 4) == 25);
  CHECK(at(soft, 1, 3) == 0);
  const GrayImage upright_only = smoothed_upright(image, 1);
  CHECK(std::abs(at(upright_only, 3, 2) - 75) <= 1);
  CHECK(at(upright_only, 2, 3) == 0);
}

TEST_CASE("the median takes specks away and leaves edges") {
  GrayImage image = flat(8, 8, 200);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 4; ++x) image.pixels[static_cast<std::size_t>(y * 8 + x)] = 10;
  }
  const GrayImage clean = image;
  image.pixels[3 * 8 + 6] = 0;
  image.pixels[5 * 8 + 1] = 255;
  CHECK(median(image).pixels == clean.pixels);
}

TEST_CASE("the threshold follows the light") {
  // A dark line on paper that gets darker: its pixels are always below those around, never below one level.
  GrayImage image = flat(64, 16, 0);
  for (int x = 0; x < 64; ++x) {
    for (int y = 0; y < 16; ++y)
      image.pixels[static_cast<std::size_t>(y * 64 + x)] =
          static_cast<std::uint8_t>(230 - 3 * x - (y == 8 ? 25 : 0));
  }
  const GrayImage black = thresholded(image, 6);
  for (int x = 6; x < 58; ++x) {
    CHECK(at(black, x, 8) == 0);
    CHECK(at(black, x, 3) == 255);
  }
}

TEST_CASE("stretching makes the palest picture black and white") {
  GrayImage image = flat(10, 10, 120);
  for (std::size_t i = 0; i < 50; ++i) image.pixels[i] = 124;
  const GrayImage out = stretched(image);
  CHECK(at(out, 0, 0) == 255);
  CHECK(at(out, 0, 9) == 0);
}

TEST_CASE("cutting and framing keep what they should") {
  GrayImage image = flat(6, 5, 1);
  image.pixels[2 * 6 + 3] = 9;
  CHECK(cropped(image, 3, 2, 2, 2).pixels == std::vector<std::uint8_t>{9, 1, 1, 1});
  const GrayImage framed = with_margin(image, 2);
  CHECK(framed.width == 10);
  CHECK(at(framed, 5, 4) == 9);
  CHECK(at(framed, 1, 4) == 255);
  CHECK(inverted(image).pixels[0] == 254);
}

TEST_CASE("bars are found and stood upright at any angle") {
  for (const int angle : {0, 20, 33, 45}) {
    INFO(angle);
    GrayImage image = barred(3);
    for (const tests::Degradation& degradation : tests::degradations()) {
      if (degradation.name == "turned by " + std::to_string(angle)) image = degradation.apply(image);
    }
    const std::vector<Bars> found = find_bars(image, 1);
    REQUIRE(found.size() == 1);
    CHECK(std::fabs(found[0].angle * 57.3 - angle) < 4);
    CHECK(std::fabs(found[0].x - image.width / 2.0) < 12);
    CHECK(std::fabs(found[0].across - 160) < 30);
    CHECK(std::fabs(found[0].along - 60) < 30);
    const GrayImage strip = upright(image, found[0], 1, 1);
    REQUIRE(strip.valid());
    CHECK(strip.height < 100);
    const GrayImage wider = upright(image, found[0], 2, 0.5);
    REQUIRE(wider.valid());
    CHECK(std::abs(wider.width - 2 * strip.width) <= 1);
    CHECK(std::abs(2 * wider.height - strip.height) <= 2);
    // Upright: from row to row a column keeps its shade.
    const int middle = strip.height / 2;
    int difference = 0;
    for (int x = strip.width / 4; x < strip.width * 3 / 4; ++x)
      difference += std::abs(at(strip, x, middle - 8) - at(strip, x, middle + 8));
    CHECK(difference < 70 * strip.width / 2);
  }
  CHECK(find_bars(flat(100, 100, 9), 3).empty());
  CHECK(find_bars(flat(3, 3, 9), 3).empty());
}

TEST_CASE("upright stays inside the picture") {
  const GrayImage image = flat(30, 20, 77);
  const GrayImage strip = upright(image, {2, 2, 0.7, 60, 40}, 2, 2);
  REQUIRE(strip.valid());
  for (const std::uint8_t pixel : strip.pixels) CHECK(std::abs(pixel - 77) <= 1);
  CHECK(upright(flat(1, 1, 7), {0, 0, 0, 1, 1}, 1, 0.1).valid());
}

TEST_CASE("the threshold is that of the plain definition, at the edges too") {
  for (const auto& [width, height] : {std::pair{40, 30}, {5, 40}, {40, 3}, {1, 9}}) {
    GrayImage image = flat(width, height, 0);
    unsigned seed = 1;
    for (std::uint8_t& pixel : image.pixels) {
      seed = seed * 1'103'515'245U + 12'345U;
      pixel = static_cast<std::uint8_t>(seed >> 16U);
    }
    constexpr int radius = 4;
    const GrayImage black = thresholded(image, radius);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        int sum = 0;
        int count = 0;
        for (int row = std::max(y - radius, 0); row <= std::min(y + radius, height - 1); ++row) {
          for (int column = std::max(x - radius, 0); column <= std::min(x + radius, width - 1); ++column)
            sum += at(image, column, row), ++count;
        }
        REQUIRE(at(black, x, y) == ((at(image, x, y) + 4) * count < sum ? 0 : 255));
      }
    }
  }
}

TEST_CASE("the place of a code is found in a cluttered picture, apart from the print beside it") {
  for (const std::string format : {"QRCode", "DataMatrix"}) {
    const GrayImage slip = tests::drawn_slip(format, "BM1:0721338641", 5);
    for (unsigned seed = 1; seed <= 5; ++seed) {
      INFO(format << " " << seed);
      const GrayImage frame = halved(tests::in_frame(slip, 1'920, 1'080, seed));
      const std::vector<Region> regions = busy_regions(frame, 4);
      REQUIRE_FALSE(regions.empty());
      bool apart = false;
      for (const Region& region : regions) {
        CHECK(region.x >= 0);
        CHECK(region.y >= 0);
        CHECK(region.x + region.width <= 960);
        CHECK(region.y + region.height <= 540);
        // Narrower than the rows of print, and with only a little around it.
        apart = apart || (region.width > 60 && region.width < 250 && region.height < 150);
      }
      CHECK(apart);
    }
  }
}

TEST_CASE("places are told from noise by the picture's own noise") {
  GrayImage image = flat(320, 240, 128);
  unsigned seed = 1;
  const auto random = [&seed] {
    seed = seed * 1'103'515'245U + 12'345U;
    return seed >> 16U & 0x7FFFU;
  };
  for (std::uint8_t& pixel : image.pixels) pixel = static_cast<std::uint8_t>(118 + random() % 20);
  for (int y = 80; y < 140; ++y) {
    for (int x = 100; x < 160; ++x) {
      if ((x / 5 * 7 + y / 5 * 3) % 5 < 2) image.pixels[static_cast<std::size_t>(y * 320 + x)] = 20;
    }
  }
  const std::vector<Region> regions = busy_regions(image, 4);
  REQUIRE(regions.size() == 1);
  CHECK(std::abs(regions[0].x + regions[0].width / 2 - 130) < 10);
  CHECK(std::abs(regions[0].y + regions[0].height / 2 - 110) < 10);
  CHECK(regions[0].width < 100);
}

TEST_CASE("a picture without edges has no places") {
  CHECK(busy_regions(flat(100, 100, 9), 3).empty());
  for (const int side : {1, 2, 3, 5, 8, 9, 17}) CHECK(busy_regions(flat(side, side, 9), 3).empty());
}

}  // namespace bianmin::scanner
