#include <array>
#include <filesystem>
#include <fstream>

#include "drivers/scanner/image_code.hpp"
#include "drivers/scanner/image_file.hpp"
#include "tests/catch.hpp"

namespace bianmin::scanner {

namespace {

constexpr std::array<std::string_view, 21> specimen = {
    "#######...#.#.#######", "#.....#.....#.#.....#", "#.###.#.#.#...#.###.#", "#.###.#.....#.#.###.#",
    "#.###.#..#.##.#.###.#", "#.....#..###..#.....#", "#######.#.#.#.#######", "........#.#..........",
    "###.#####.#.###...#..", "..###..#.#.#..####...", "###.#.###..#.##.#.###", "#...#..###.##.######.",
    "#..#..##...#..#..#..#", "........###..#.#.#.##", "#######.#...#.......#", "#.....#.#.#...##.#..#",
    "#.###.#.#...###...###", "#.###.#..#.#.....#.#.", "#.###.#.#..#..##.##.#", "#.....#.#.####.##.###",
    "#######.##.#..#.#.#.#"};
constexpr std::string_view specimen_text = "BM1:0721338641";

GrayImage drawn(std::uint8_t dark, std::uint8_t light, int module = 4, int border = 16) {
  const int side = 21 * module + 2 * border;
  GrayImage image{side, side, {}};
  image.pixels.assign(static_cast<std::size_t>(side) * static_cast<std::size_t>(side), light);
  for (int y = 0; y < 21 * module; ++y) {
    for (int x = 0; x < 21 * module; ++x) {
      if (specimen[static_cast<std::size_t>(y / module)][static_cast<std::size_t>(x / module)] != '#')
        continue;
      image.pixels[static_cast<std::size_t>((y + border) * side + x + border)] = dark;
    }
  }
  return image;
}

std::string text_in(const GrayImage& image) {
  const auto codes = decode_codes(image);
  REQUIRE(codes.ok());
  return codes->empty() ? std::string() : codes->front().text;
}

Bytes pgm(const GrayImage& image) {
  Bytes file = bytes_of("P5\n# a comment\n" + std::to_string(image.width) + " " +
                        std::to_string(image.height) + "\n255\n");
  append(file, image.pixels);
  return file;
}

}  // namespace

TEST_CASE("a clean code is read, with its format") {
  const auto codes = decode_codes(drawn(0, 255));
  REQUIRE(codes.ok());
  REQUIRE(codes->size() == 1);
  CHECK(codes->front().format == "QRCode");
  CHECK(codes->front().text == specimen_text);
}

TEST_CASE("pale, inverted, tiny and noisy codes are read") {
  CHECK(text_in(drawn(120, 140)) == specimen_text);
  CHECK(text_in(drawn(255, 0)) == specimen_text);
  CHECK(text_in(drawn(0, 255, 2, 8)) == specimen_text);
  GrayImage noisy = drawn(0, 255, 6, 24);
  for (std::size_t i = 0; i < noisy.pixels.size(); i += 23) noisy.pixels[i] ^= 0xFFU;
  CHECK(text_in(noisy) == specimen_text);
}

TEST_CASE("a picture without a code holds none, and a broken one is said to be") {
  GrayImage blank{64, 64, std::vector<std::uint8_t>(64 * 64, 200)};
  CHECK(text_in(blank).empty());
  blank.pixels.pop_back();
  CHECK(decode_codes(blank).error().code == "image.broken");
}

TEST_CASE("decoding apart gives the same, within a deadline") {
  const auto codes = decode_isolated(drawn(0, 255), 20'000);
  REQUIRE(codes.ok());
  REQUIRE(codes->size() == 1);
  CHECK(codes->front().text == specimen_text);
  CHECK(decode_isolated(drawn(0, 255), 0).error().code == "image.decoder_slow");
  CHECK(decode_isolated(GrayImage{}, 20'000).error().code == "image.decoder_died");
}

TEST_CASE("PGM files are read in both forms") {
  const auto binary = decode_image(pgm(drawn(0, 255)));
  REQUIRE(binary.ok());
  CHECK(text_in(*binary) == specimen_text);
  const auto text = decode_image(bytes_of("P2\n2 2\n# half grey\n15\n0 15\n7 3\n"));
  REQUIRE(text.ok());
  CHECK(text->pixels == std::vector<std::uint8_t>{0, 255, 119, 51});
  const auto wide = decode_image(bytes_of(std::string("P5 1 1 65535\n\x80\x00", 15)));
  REQUIRE(wide.ok());
  CHECK(wide->pixels == std::vector<std::uint8_t>{127});
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

// Not for tuning: the counts measured for this decoder on public photos, less a few for other library builds.
TEST_CASE("public photos of codes are read as well as measured before") {
  const std::filesystem::path folder = "../shared/data/codes";
  if (!std::filesystem::exists(folder)) {
    WARN("no public photos here");
    return;
  }
  const auto [name, least] =
      GENERATE(table<std::string, int>({{"qrcode-1", 7}, {"qrcode-2", 42}, {"falsepositives-1", 0}}));
  int right = 0;
  int wrong = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / name)) {
    const std::string extension = entry.path().extension();
    if (extension != ".png" && extension != ".webp" && extension != ".jpg") continue;
    const auto image = load_image(entry.path());
    INFO(entry.path().string());
    REQUIRE(image.ok());
    const auto codes = decode_isolated(*image, 60'000);
    REQUIRE(codes.ok());
    if (codes->empty()) continue;
    std::ifstream expected(std::filesystem::path(entry.path()).replace_extension(".txt"), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(expected)), {});
    (codes->front().text == text ? right : wrong)++;
  }
  CHECK(wrong == 0);
  CHECK(right >= least);
}

}  // namespace bianmin::scanner
