#include "drivers/scanner/image_file.hpp"

#include <cstdlib>

#include "tests/catch.hpp"
#include "tests/drivers/jpeg_picture.hpp"

namespace bianmin::scanner {

namespace {

Bytes pgm(const GrayImage& image) {
  Bytes file = bytes_of("P5\n# a comment\n" + std::to_string(image.width) + " " +
                        std::to_string(image.height) + "\n255\n");
  append(file, image.pixels);
  return file;
}

}  // namespace

TEST_CASE("PGM files are read in both forms") {
  const GrayImage drawn{3, 2, {0, 50, 100, 150, 200, 255}};
  const auto binary = decode_image(pgm(drawn));
  REQUIRE(binary.ok());
  CHECK(binary->width == 3);
  CHECK(binary->pixels == drawn.pixels);
  const auto text = decode_image(bytes_of("P2\n2 2\n# half grey\n15\n0 15\n7 3\n"));
  REQUIRE(text.ok());
  CHECK(text->pixels == std::vector<std::uint8_t>{0, 255, 119, 51});
  const auto wide = decode_image(bytes_of(std::string("P5 1 1 65535\n\x80\x00", 15)));
  REQUIRE(wide.ok());
  CHECK(wide->pixels == std::vector<std::uint8_t>{127});
}

TEST_CASE("a camera's JPEG is taken in its own size alone") {
  GrayImage drawn{24, 16, std::vector<std::uint8_t>(24 * 16, 90)};
  const Bytes file = tests::jpeg_of(drawn);
  const auto read = decode_jpeg_of(file, 24, 16);
  REQUIRE(read.ok());
  CHECK(read->width == 24);
  CHECK(read->height == 16);
  CHECK(std::abs(read->pixels[100] - 90) <= 2);
  CHECK(decode_image(file).ok());
  CHECK(decode_jpeg_of(file, 16, 24).error().code == "image.broken");
  CHECK(decode_jpeg_of(pgm(drawn), 24, 16).error().code == "image.broken");
  CHECK(decode_jpeg_of({}, 24, 16).error().code == "image.broken");
  CHECK(decode_jpeg_of(ByteView(file).first(20), 24, 16).error().code == "image.broken");
}

TEST_CASE("hostile picture files are refused") {
  const auto code = [](std::string_view file) {
    const auto image = decode_image(view_of(file));
    return image ? std::string_view("ok") : image.error().code;
  };
  CHECK(code("") == "image.unknown_format");
  CHECK(code("GIF89a") == "image.unknown_format");
  CHECK(code("P5\n100 100\n255\nshort") == "image.broken");
  CHECK(code("P5\n100000 100000\n255\n") == "image.too_large");
  CHECK(code("P5\n16000 16000\n255\n") == "image.too_large");
  CHECK(code("P5\n0 10\n255\n") == "image.broken");
  CHECK(code("P2\n2 2\n255\n1 2 999 4\n") == "image.broken");
  CHECK(code("\x89PNG\r\n\x1A\nrubbish") == "image.broken");
  CHECK(code("\xFF\xD8\xFF\xE0rubbish") == "image.broken");
  CHECK(code("RIFF\x10\x01\x01\x01WEBPVP8 rubbish") == "image.broken");
  CHECK(load_image("/nonexistent/picture.png").error().code == "file.missing");
}

}  // namespace bianmin::scanner
