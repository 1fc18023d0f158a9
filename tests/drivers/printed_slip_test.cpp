// Streams as they lie on paper: where things stand, and what they look like as dots.
#include "drivers/printer/printed_slip.hpp"

#include "drivers/printer/code_picture.hpp"
#include "drivers/printer/slip_painter.hpp"
#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

// Every letter is a full black cell but for one white dot at its left top.
Bitmap block(char32_t, int width, int height, bool) {
  Bitmap cell(width, height);
  cell.fill(0, 0, width, height);
  cell.set(0, 0, false);
  return cell;
}

PrintedSlip slip_of(const std::string& stream, int area_dots = 576) {
  const auto slips = read_slips(view_of(stream), area_dots);
  REQUIRE(slips.size() == 1);
  return slips[0];
}

PrintedText line_of(const std::string& stream, std::size_t number = 0) {
  const PrintedSlip slip = slip_of(stream);
  REQUIRE(slip.lines.size() > number);
  const auto* text = std::get_if<PrintedText>(&slip.lines[number]);
  REQUIRE(text != nullptr);
  return *text;
}

Bitmap painted(const std::string& stream, int area_dots = 576) {
  return paint_slip(slip_of(stream, area_dots), area_dots, block);
}

constexpr const char* initialise = "\x1B@";

}  // namespace

TEST_CASE("text stands where tabs, moves and margins put it") {
  using namespace std::string_literals;
  CHECK(line_of("a\tb\n").runs.at(1).x_dots == 8 * 12);
  CHECK(line_of("\x1B"
                "D\x04\x0A\0a\tb\tc\n"s)
            .runs.at(2)
            .x_dots == 10 * 12);
  CHECK(line_of("a\x1B$\x64\0b\n"s).runs.at(1).x_dots == 100);
  CHECK(line_of("a\x1B\\\x05\0b\n"s).runs.at(1).x_dots == 17);
  CHECK(line_of("ab\x1B\\\xFF\xFFz\n"s).runs.at(1).x_dots == 23);
  const PrintedText narrow = line_of("\x1DL\x20\0\x1DW\x40\0ab\n"s);
  CHECK(narrow.left_dots == 32);
  CHECK(narrow.area_dots == 64);
}

TEST_CASE("a line that is full goes on below") {
  CHECK(slip_text(slip_of(std::string(50, 'x') + "\n")) == std::string(48, 'x') + "\nxx\n");
  CHECK(slip_text(slip_of(std::string(33, 'x') + "\n", 384)) == std::string(32, 'x') + "\nx\n");
  CHECK(slip_text(slip_of("\x1D!\x10" + std::string(25, 'x') + "\n")) == std::string(24, 'x') + "\nx\n");
  CHECK(slip_text(slip_of(std::string(47, 'x') + "\xB1\xE3\n")) == std::string(47, 'x') + "\n便\n");
}

TEST_CASE("styles begin and end") {
  const PrintedText line = line_of(
      "a\x1B"
      "E\x01"
      "b\x1B"
      "E\x01"
      "c\x1D"
      "B\x01"
      "d\n");
  REQUIRE(line.runs.size() == 4);
  CHECK_FALSE(line.runs[0].bold);
  CHECK(line.runs[1].bold);
  CHECK(line.runs[3].reverse);
  CHECK(line_of("\x1B!\x39x\n").runs.at(0).cell_width == 9);
  CHECK(line_of("\x1B!\x39x\n").runs.at(0).width_scale == 2);
  CHECK(line_of("\x1C!\x04x\xB1\xE3\n").runs.at(0).width_scale == 1);
  CHECK(line_of("\x1C!\x04x\xB1\xE3\n").runs.at(1).width_scale == 2);
  CHECK(line_of("\x1B-\x02x\n").runs.at(0).underline_dots == 2);
  CHECK(line_of(std::string("\x1D!\x11\x1B@") + "x\n").runs.at(0).width_scale == 1);
}

TEST_CASE("Chinese unless a code page is asked for") {
  CHECK(slip_text(slip_of("\xB1\xE3\n")) == "便\n");
  CHECK(slip_text(slip_of("\x1C.\xE4\n")) == "Σ\n");
  CHECK(slip_text(slip_of("\x1Bt\x10\xE4\n")) == "ä\n");
  CHECK(slip_text(slip_of("\x1Bt\x10\x1C&\xB1\xE3\n")) == "便\n");
  CHECK(slip_text(slip_of("\x1BR\x0F$\n")) == "¥\n");
}

TEST_CASE("paper moves by lines and by dots") {
  CHECK(painted("a\n").height == 30);
  CHECK(painted("\x1B"
                "3\x50"
                "a\n")
            .height == 80);
  CHECK(painted("\x1B"
                "3\x10"
                "a\n")
            .height == 24);  // never less than what stands there
  CHECK(painted("a\x1BJ\x64").height == 130);
  CHECK(painted("a\x1B"
                "d\x02")
            .height == 90);
  CHECK(painted("\x1D!\x07x\n").height == 192);
  CHECK(painted("\x1DP\x01\x65"
                "a\x1BJ\x0A")
            .height == 30 + 10 * 203 / 101);  // half as fine
}

TEST_CASE("letters are drawn in their cells, scaled, underlined, reversed, turned") {
  const Bitmap plain = painted("ab\n");
  CHECK_FALSE(plain.black(0, 0));
  CHECK(plain.black(1, 0));
  CHECK(plain.black(23, 23));
  CHECK_FALSE(plain.black(12, 0));  // the second letter's own corner
  CHECK_FALSE(plain.black(24, 5));
  CHECK_FALSE(plain.black(5, 24));
  const Bitmap large = painted(
      "\x1D!\x11"
      "a\n");
  CHECK_FALSE(large.black(1, 1));
  CHECK(large.black(2, 1));
  CHECK(large.black(23, 47));
  const Bitmap reverse = painted(
      "\x1D"
      "B\x01"
      "a\n");
  CHECK(reverse.black(0, 0));
  CHECK_FALSE(reverse.black(5, 5));
  const Bitmap upside_down = painted(
      "\x1B{\x01"
      "ab\n");
  CHECK_FALSE(upside_down.black(23, 23));
  CHECK(upside_down.black(0, 0));
  const Bitmap turned = painted(
      "\x1BV\x01"
      "a\n");
  CHECK_FALSE(turned.black(23, 0));
  CHECK(turned.black(0, 0));
  CHECK(turned.black(0, 11));
  CHECK_FALSE(turned.black(0, 12));
  const Bitmap line = paint_slip(slip_of("\x1B-\x02 \n"), 576, block);
  CHECK(line.black(0, 23));
  CHECK(line.black(11, 22));
  CHECK_FALSE(line.black(5, 21));
}

TEST_CASE("lines and codes are aligned in the area") {
  CHECK(painted("\x1B"
                "a\x02"
                "a\n")
            .black(575, 5));
  const Bitmap centre = painted(
      "\x1B"
      "a\x01"
      "a\n");
  CHECK(centre.black(282 + 5, 5));
  CHECK_FALSE(centre.black(281, 5));
  using namespace std::string_literals;
  const std::string qr = "\x1D(k\x03\0\x31\x43\x04\x1D(k\x05\0\x31\x50\x30hi\x1D(k\x03\0\x31\x51\x30"s;
  const Bitmap left = painted(qr);
  CHECK(left.black(0, 0));  // the printer leaves no quiet zone
  CHECK(left.black(21 * 4 - 1, 0));
  CHECK_FALSE(left.black(21 * 4, 0));
  CHECK(painted("\x1B"
                "a\x02" +
                qr)
            .black(575, 0));
}

TEST_CASE("bars and their text") {
  using namespace std::string_literals;
  const Bitmap bars = painted("\x1DH\x02\x1Dh\x20\x1Dw\x02\x1DkI\x0A{B12345678"s);
  CHECK(bars.black(0, 0));
  CHECK(bars.black(0, 31));
  CHECK(bars.height == 32 + 6 + 24);
  const PrintedSlip pairs = slip_of("\x1DkI\x04{C\x15\x20"s);
  CHECK(std::get<PrintedBars>(pairs.lines.at(0)).text == "2132");
  CHECK(slip_text(slip_of("\x1DkI\x06{Aa{{b"s)) == "[bars a{b]\n");
  CHECK(slip_text(slip_of("\x1DkI\x04{Aa\x07"s)) == "[bars a?]\n");
  CHECK(bars_picture(escpos::BarSymbology::code39, "*A1*", 2, 50)->bits ==
        bars_picture(escpos::BarSymbology::code39, "A1", 2, 50)->bits);
  // What is no such code comes out as text in brackets.
  CHECK(painted("\x1Dk\x02xyz\0"s).height == 24);
  CHECK(bars_picture(escpos::BarSymbology::ean13, "4006381333931", 2, 50).ok());
  CHECK(bars_picture(escpos::BarSymbology::ean13, "400638133393", 2, 50)->bits ==
        bars_picture(escpos::BarSymbology::ean13, "4006381333930", 2, 50)->bits);
  CHECK_FALSE(bars_picture(escpos::BarSymbology::other, "1", 2, 50).ok());
}

TEST_CASE("pictures in the line make one picture of their stripes") {
  using namespace std::string_literals;
  const std::string stripe = "\x1B*\x21\x02\0\xFF\xFF\xFF\x80\0\x01\n"s;
  const Bitmap two = painted(
      "\x1B"
      "3\x10" +
      stripe + stripe);
  CHECK(two.height == 48);
  CHECK(two.black(0, 23));
  CHECK(two.black(0, 24));
  CHECK(two.black(1, 23));
  CHECK_FALSE(two.black(1, 22));
}

TEST_CASE("blank slips are none, and the last may be without a cut") {
  using namespace std::string_literals;
  CHECK(read_slips(view_of("\x1B@\n\n\x1DV\0"s)).empty());
  const auto slips = read_slips(view_of("a\n\x1DV\0b"s));
  REQUIRE(slips.size() == 2);
  CHECK(slips[0].cut);
  CHECK_FALSE(slips[1].cut);
  CHECK(slip_text(slips[1]) == "b\n");
}

TEST_CASE("a stream cannot ask for more paper than a roll, nor for more memory") {
  using namespace std::string_literals;
  std::string stream = initialise + "x\n"s;
  for (int i = 0; i < 200'000; ++i)
    stream +=
        "\x1B"
        "d\xFF";
  const auto slips = read_slips(view_of(stream));
  REQUIRE(slips.size() == 1);
  CHECK(slips[0].lines.size() < 1'000);
  CHECK(paint_slip(slips[0], 576, block).height == 60'000);
  std::string wide = "\x1D(L\x0B\0\x30\x70\x30\x02\x02\x31\x08\0\x01\0\xFF"s;
  CHECK(std::get<PrintedRaster>(slip_of(wide + "\x1D(L\x02\0\x30\x32"s, 12).lines.at(0)).picture.width == 12);
}

}  // namespace bianmin::printer
