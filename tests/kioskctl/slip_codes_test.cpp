// Every code that we print is read back from the picture of the slip by zbar, which is not ours: all slips of
// the catalogue in all languages, on both papers, with codes of the printer's own and drawn ones.
// With BIANMIN_SLIPS the streams and their pictures are also left in that folder, for others to read
// (tests/peers/slips).
#include <zbar.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "drivers/printer/escpos_encoder.hpp"
#include "drivers/printer/slip_painter.hpp"
#include "sync/record/case_no.hpp"
#include "terminal/base/files.hpp"
#include "terminal/kioskctl/print_page.hpp"
#include "terminal/services/catalogue.hpp"
#include "terminal/session/slip_document.hpp"
#include "terminal/slip_type.hpp"
#include "tests/catch.hpp"

namespace bianmin {

namespace {

using printer::Bitmap;

std::set<std::string> read_by_zbar(const Bitmap& paper) {
  constexpr int margin = 32;  // of paper that the head does not reach
  const int width = paper.width + 2 * margin;
  const int height = paper.height + 2 * margin;
  std::vector<std::uint8_t> gray(static_cast<std::size_t>(width * height), 255);
  for (int y = 0; y < paper.height; ++y) {
    for (int x = 0; x < paper.width; ++x) {
      if (paper.black(x, y)) gray[static_cast<std::size_t>((y + margin) * width + x + margin)] = 17;
    }
  }
  zbar::zbar_image_scanner_t* scanner = zbar::zbar_image_scanner_create();
  zbar::zbar_image_t* picture = zbar::zbar_image_create();
  zbar::zbar_image_set_format(picture, zbar_fourcc('Y', '8', '0', '0'));
  zbar::zbar_image_set_size(picture, static_cast<unsigned>(width), static_cast<unsigned>(height));
  zbar::zbar_image_set_data(picture, gray.data(), gray.size(), nullptr);
  zbar::zbar_scan_image(scanner, picture);
  std::set<std::string> texts;
  for (const zbar::zbar_symbol_t* symbol = zbar::zbar_image_first_symbol(picture); symbol != nullptr;
       symbol = zbar::zbar_symbol_next(symbol)) {
    texts.emplace(zbar::zbar_symbol_get_data(symbol), zbar::zbar_symbol_get_data_length(symbol));
  }
  zbar::zbar_image_destroy(picture);
  zbar::zbar_image_scanner_destroy(scanner);
  return texts;
}

// Printers that can do everything, no codes, no Chinese, no rows, and nothing but pictures.
std::vector<printer::PrinterProfile> kinds_of_printers() {
  std::vector<printer::PrinterProfile> out(5, printer::generic_profile());
  out[0].name = "all";
  out[1].name = "codes-drawn";
  out[2].name = "no-chinese";
  out[3].name = "columns";
  out[4].name = "drawn";
  out[1].qr_code = out[1].code128 = false;
  out[2].text = printer::PrinterText::ascii;
  out[3].raster = printer::RasterCommand::columns;
  out[3].qr_code = out[3].code128 = false;
  out[4].text = printer::PrinterText::none;
  out[4].qr_code = out[4].code128 = false;
  return out;
}

void leave(const Bytes& stream, const Bitmap& paper, const printer::SlipFormat& format) {
  const char* folder = std::getenv("BIANMIN_SLIPS");
  if (folder == nullptr) return;
  static int number = 0;
  const char* width = format.width == printer::PaperWidth::mm58 ? "58" : "80";
  const std::string name = std::string(folder) + "/" + std::to_string(++number) + "-" +
                           std::string(format.profile.name) + "-" + width;
  Bytes picture = bytes_of("P4\n" + std::to_string(paper.width) + " " + std::to_string(paper.height) + "\n");
  append(picture, paper.bits);
  REQUIRE(write_file_durably(name + ".bin", stream).ok());
  REQUIRE(write_file_durably(name + ".pbm", picture).ok());
}

Bitmap paper_of(const printer::Document& document, const printer::SlipFormat& format) {
  static const printer::GlyphSource glyphs = slip_glyphs();
  const auto slip = printer::encode_escpos(document, format);
  REQUIRE(slip.ok());
  Bytes bytes = slip->body;
  append(bytes, slip->cut);
  const int area_dots = format.profile.area(format.width).dots;
  const auto slips = printer::read_slips(bytes, area_dots);
  REQUIRE(slips.size() == 1);
  Bitmap paper = printer::paint_slip(slips[0], area_dots, glyphs);
  leave(bytes, paper, format);
  return paper;
}

// Reads `codes` and nothing else from all kinds of printers.
void check_codes(const printer::Document& document, const std::set<std::string>& codes) {
  const printer::TextRaster raster = slip_text_raster();
  for (const auto& profile : kinds_of_printers()) {
    for (const auto width : {printer::PaperWidth::mm58, printer::PaperWidth::mm80}) {
      CHECK(read_by_zbar(paper_of(document, {width, profile, raster})) == codes);
    }
  }
}

}  // namespace

TEST_CASE("the codes of all slips of the catalogue are read back") {
  const auto catalogue = services::load_catalogue("terminal/catalogue");
  REQUIRE(catalogue.ok());
  const session::Settings settings{
      .terminal_id = "T0000001", .site_name = "柳溪镇便民服务中心", .help_phone = "12345"};
  int slips = 0;
  for (const services::Package& package : catalogue->packages) {
    if (package.receipt.empty()) continue;
    const record::Slip slip{record::make_case_no(3'386, 41).value(), record::make_token(Bytes(10, 0x5A))};
    for (const std::string language : {"zh-Hans", "en"}) {
      const services::Form form(package, {2026, 7, 21});
      const auto document = session::slip_document(form, slip, settings, language, 1'784'600'000'000);
      REQUIRE(document.ok());
      INFO(package.id);
      check_codes(*document, {record::slip_text(slip)});
      ++slips;
    }
  }
  CHECK(slips >= 2);
}

TEST_CASE("QR codes of every length up to the limit are read back") {
  for (const std::size_t size : {1U, 20U, 50U, 100U, 101U, 150U, 200U}) {
    std::string text;
    while (text.size() < size) text += static_cast<char>('a' + text.size() * 7 % 26);
    INFO(size);
    check_codes({{printer::TextLine{"办件"}, printer::QrCode{text}, printer::TextLine{"x"}}}, {text});
  }
}

TEST_CASE("Code 128 is read back, drawn or the printer's own") {
  for (const std::string text : {"BM-072133", "0721338641", "a{b}|~ $", "7", "12345"}) {
    INFO(text);
    check_codes({{printer::TextLine{"办件"}, printer::BarCode{text}, printer::TextLine{"x"}}}, {text});
  }
}

TEST_CASE("both codes of the test page are read back") {
  check_codes(kioskctl::print_test_page("2026-07-21 09:42"), {"BIANMIN PRINT TEST", "BM-0123456"});
}

TEST_CASE("codes of recorded streams of other programs are read from their pictures") {
  const std::filesystem::path folder = "../shared/data/escpos";
  if (!std::filesystem::exists(folder)) {
    WARN("no recorded streams here");
    return;
  }
  const auto codes = [&folder](const char* name) {
    const auto stream = read_file(folder / name, 1'000'000);
    REQUIRE(stream.ok());
    std::set<std::string> texts;
    for (const auto& slip : printer::read_slips(*stream)) {
      texts.merge(read_by_zbar(printer::paint_slip(slip, 576, slip_glyphs())));
    }
    return texts;
  };
  const auto bars = codes("barcode.bin");
  for (const char* text : {"012ABCD", "012ABCDabcd", "213243",               // Code 128
                           "ABC", "ABC 012", "TEXT",                         // Code 39
                           "012abcd", "A012345A", "A012$+-./:A",             // Code 93, Codabar
                           "0123456789",                                     // ITF
                           "0012345678905", "0123456789012", "01234565"}) {  // UPC-A, EAN-13, EAN-8
    INFO(text);
    CHECK(bars.contains(text));
  }
  CHECK(codes("qr-code.bin").size() == 4);
  CHECK(codes("demo.bin") == std::set<std::string>{"9876", "Testing 123"});
}

TEST_CASE("scripts that are shaped are drawn, and text without ink is empty") {
  const printer::TextRaster raster = slip_text_raster();
  for (const char* text : {"བོད་ཡིག", "ئۇيغۇرچە", "ᠮᠣᠩᠭᠣᠯ", "नेपाली", "便民", "𠮷"}) {
    INFO(text);
    const Bitmap picture = raster({text, 24, false, 576});
    CHECK(picture.width > 8);
    CHECK(picture.height > 8);
    CHECK(picture.height < 60);
  }
  CHECK(raster({" ", 24, false, 576}).empty());
  CHECK(raster({"", 24, false, 576}).empty());
  const Bitmap large = raster({"便", 48, false, 576});
  CHECK(large.height > 35);
  const Bitmap wrapped = raster({"便民服务一次办好便民服务一次办好", 24, false, 120});
  CHECK(wrapped.width <= 120);
  CHECK(wrapped.height > 60);
  const printer::GlyphSource glyphs = slip_glyphs();
  CHECK(glyphs(U'g', 12, 24, false).width == 12);
  CHECK(glyphs(U'便', 24, 24, true).height == 24);
  CHECK_FALSE(glyphs(U'W', 9, 17, false).without_border().empty());
}

}  // namespace bianmin
