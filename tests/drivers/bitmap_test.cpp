// Black and white pictures: dots, bands, turns, grey made black and white.
#include "drivers/printer/bitmap.hpp"

#include <algorithm>

#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

std::string drawing(const Bitmap& bitmap) {
  std::string out;
  for (int y = 0; y < bitmap.height; ++y) {
    for (int x = 0; x < bitmap.width; ++x) out += bitmap.black(x, y) ? '#' : '.';
    out += '/';
  }
  return out;
}

Bitmap corner() {  // ##. / #..
  Bitmap bitmap(3, 2);
  bitmap.set(0, 0);
  bitmap.set(1, 0);
  bitmap.set(0, 1);
  return bitmap;
}

int black_count(const Bitmap& bitmap) {
  int count = 0;
  for (int y = 0; y < bitmap.height; ++y) {
    for (int x = 0; x < bitmap.width; ++x) count += bitmap.black(x, y) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("the leftmost dot is the highest bit, rows are whole bytes") {
  Bitmap bitmap(9, 2);
  bitmap.set(0, 0);
  bitmap.set(8, 1);
  CHECK(bitmap.bits == Bytes{0x80, 0x00, 0x00, 0x80});
  bitmap.set(0, 0, false);
  CHECK(bitmap.bits[0] == 0);
  CHECK(Bitmap(4, 1, {0xA0}).black(0, 0));
  CHECK_FALSE(Bitmap(4, 1, {0xA0}).black(1, 0));
}

TEST_CASE("outside a picture is white, and nothing is drawn there") {
  Bitmap bitmap(3, 2);
  for (const auto& [x, y] : {std::pair(-1, 0), std::pair(0, -1), std::pair(3, 0), std::pair(0, 2)}) {
    bitmap.set(x, y);
    CHECK_FALSE(bitmap.black(x, y));
  }
  bitmap.fill(-5, -5, 100, 6);
  CHECK(drawing(bitmap) == "###/.../");
  bitmap.draw(corner(), 2, 1);
  CHECK(drawing(bitmap) == "###/..#/");
  CHECK(Bitmap(-1, 5).empty());
  CHECK(Bitmap(8, 2, {1, 2, 3, 4}).bits.size() == 2);  // what is too much is cut
  CHECK(Bitmap(8, 2, {1}).bits == Bytes{1, 0});        // what is missing is white
}

TEST_CASE("a filled rectangle has the dots that are in it and on the picture, and no other") {
  for (int x = -3; x < 22; ++x) {
    for (int width = -1; width < 26; ++width) {
      Bitmap filled(20, 4);
      filled.fill(x, 1, width, 2);
      Bitmap dots(20, 4);
      for (int row = 1; row < 3; ++row) {
        for (int column = x; column < x + width; ++column) dots.set(column, row);
      }
      INFO("from " << x << ", " << width << " wide");
      CHECK(filled.bits == dots.bits);
    }
  }
}

TEST_CASE("a picture is drawn dot by dot wherever its black dots are") {
  for (int x = -25; x < 45; ++x) {
    for (int scale : {1, 2}) {
      // Every third dot, and something beyond the edge that is not of the picture.
      Bitmap picture(21, 3, Bytes(9, 0x01));
      for (int dot = 0; dot < 63; dot += 3) picture.set(dot % 21, dot / 21);
      Bitmap paper(37, 4);
      paper.set(36, 1);
      Bitmap dots = paper;
      paper.draw(picture, x, -1, scale, scale);
      for (int dot = 0; dot < 63; ++dot) {
        if (picture.black(dot % 21, dot / 21))
          dots.fill(x + dot % 21 * scale, dot / 21 * scale - 1, scale, scale);
      }
      INFO("at " << x << ", times " << scale);
      CHECK(paper.bits == dots.bits);
    }
  }
}

TEST_CASE("pictures are scaled, cut into rows, turned") {
  Bitmap large(6, 2);
  large.draw(corner(), 0, 0, 2, 1);
  CHECK(drawing(large) == "####../##..../");
  CHECK(drawing(corner().rows(1, 5)) == "#../");
  CHECK(corner().rows(2, 1).height == 0);
  CHECK(drawing(corner().upside_down()) == "..#/.##/");
  CHECK(drawing(corner().turned_clockwise()) == "##/.#/../");
  Bitmap framed(9, 9);
  framed.draw(corner(), 4, 5);
  CHECK(drawing(framed.without_border()) == "##/#./");
  CHECK(Bitmap(5, 5).without_border().empty());
}

TEST_CASE("black and white stays so, grey becomes as many dots as it is dark") {
  GrayPicture sharp{4, 1, {0, 255, 0, 255}};
  CHECK(drawing(dithered(sharp)) == "#.#./");
  for (const int level : {32, 64, 128, 192}) {
    GrayPicture gray{64, 64, Bytes(64 * 64, static_cast<std::uint8_t>(level))};
    const double dark = black_count(dithered(gray)) / (64.0 * 64.0);
    CHECK(dark == Approx(1 - level / 255.0).margin(0.03));
  }
}

TEST_CASE("pictures only become smaller, and keep their proportion and their grey") {
  GrayPicture wide{8, 4, Bytes(32, 100)};
  const GrayPicture small = shrunk(wide, 4);
  CHECK(small.width == 4);
  CHECK(small.height == 2);
  CHECK(std::all_of(small.pixels.begin(), small.pixels.end(), [](int pixel) { return pixel == 100; }));
  CHECK(shrunk(wide, 100).width == 8);
  CHECK(shrunk({100, 1, Bytes(100, 7)}, 3).height == 1);
  CHECK_FALSE(GrayPicture{2, 2, Bytes(3)}.whole());
}

}  // namespace bianmin::printer
