// The same document for printers that can do much and little: what comes out must say the same.
#include "drivers/printer/escpos_encoder.hpp"

#include "drivers/printer/escpos_reader.hpp"
#include "drivers/printer/printed_slip.hpp"
#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

// A black box as wide as the text has bytes, so that the test knows what was drawn.
TextRaster boxes(std::vector<RasterText>* asked) {
  return [asked](const RasterText& text) {
    asked->push_back(text);
    const int width = std::min(static_cast<int>(text.text.size()) * 4, text.width_dots);
    Bitmap box(width, text.em_dots);
    box.fill(0, 0, width, text.em_dots);
    return box;
  };
}

Bytes encoded(const Document& document, const SlipFormat& format) {
  const auto slip = encode_escpos(document, format);
  REQUIRE(slip.ok());
  Bytes bytes = slip->body;
  append(bytes, slip->cut);
  return bytes;
}

std::string printed(const Document& document, const SlipFormat& format) {
  std::string text;
  for (const PrintedSlip& slip : read_slips(encoded(document, format))) text += slip_text(slip);
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::vector<escpos::Operation> operations(ByteView bytes) {
  std::vector<escpos::Operation> out;
  while (const auto step = escpos::read_step(bytes)) {
    out.push_back(step->operation);
    bytes = bytes.subspan(step->byte_count);
  }
  return out;
}

template <typename Kind>
int count_of(const Bytes& bytes) {
  int count = 0;
  for (const auto& operation : operations(bytes)) count += std::holds_alternative<Kind>(operation) ? 1 : 0;
  return count;
}

SlipFormat format_of(PrinterText text, const TextRaster& raster) {
  SlipFormat format;
  format.profile.text = text;
  format.raster = raster;
  return format;
}

}  // namespace

TEST_CASE("what the font has is text, the rest of the line's kind is drawn") {
  std::vector<RasterText> asked;
  const TextRaster raster = boxes(&asked);
  CHECK(printed({{TextLine{"便民 abc"}}}, format_of(PrinterText::gb18030, raster)) == "便民 abc\n");
  CHECK(asked.empty());
  CHECK(printed({{TextLine{"便民 བོད"}}}, format_of(PrinterText::gb18030, raster)) == "[picture]\n");
  CHECK(printed({{TextLine{"便民 abc"}}}, format_of(PrinterText::ascii, raster)) == "[picture]\n");
  CHECK(printed({{TextLine{"abc"}}}, format_of(PrinterText::ascii, raster)) == "abc\n");
  CHECK(printed({{TextLine{"abc"}}}, format_of(PrinterText::none, raster)) == "[picture]\n");
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].text == "便民 བོད");
  CHECK(asked[0].width_dots == 576);
}

TEST_CASE("characters outside GBK are not trusted to the printer") {
  std::vector<RasterText> asked;
  const SlipFormat format = format_of(PrinterText::gb18030, boxes(&asked));
  for (const char* text :
       {"\U00020000", "㐂", "\uE000", "नेपाली", "ئۇيغۇر", "ᠮᠣᠩᠭᠣᠯ", "\U0001F600", "é̂", "한"}) {
    INFO(text);
    CHECK(printed({{TextLine{text}}}, format) == "[picture]\n");
  }
  for (const char* text : {"龍龘", "々〇", "①Ⅳ", "，。《》", "ΑБя", "ぁァ", "─│", "é", "—…"}) {
    INFO(text);
    CHECK(printed({{TextLine{text}}}, format) == std::string(text) + "\n");
  }
}

TEST_CASE("without a hand that draws, a question mark stands where the font ends") {
  CHECK(printed({{TextLine{"a\U00020000b便"}}}, {}) == "a?b便\n");
  CHECK(printed({{TextLine{"a便"}}}, format_of(PrinterText::ascii, {})) == "a?\n");
}

TEST_CASE("size, weight and control characters reach the hand that draws") {
  std::vector<RasterText> asked;
  const SlipFormat format = format_of(PrinterText::ascii, boxes(&asked));
  (void)encoded({{TextLine{"大\x1B\n", Align::left, 2, true}}}, format);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].em_dots == 48);
  CHECK(asked[0].bold);
  CHECK(asked[0].text == "大  ");
}

TEST_CASE("drawn lines are aligned by their own white") {
  std::vector<RasterText> asked;
  const SlipFormat format = format_of(PrinterText::none, boxes(&asked));
  const auto left_of = [&](Align align) {
    const auto slips = read_slips(encoded({{TextLine{"12345", align}}}, format));
    const auto& line = std::get<PrintedRaster>(slips.at(0).lines.at(0));
    CHECK(line.align == Align::left);
    int x = 0;
    while (x < 600 && !line.picture.black(x, 10)) ++x;
    return x;
  };
  CHECK(left_of(Align::left) == 0);
  CHECK(left_of(Align::center) == (576 - 20) / 2);
  CHECK(left_of(Align::right) == 576 - 20);
}

TEST_CASE("drawn labels and values share a line while there is room") {
  std::vector<RasterText> asked;
  const SlipFormat format = format_of(PrinterText::none, boxes(&asked));
  const auto lines = [&](const std::string& value) {
    return read_slips(encoded({{LabelLine{"label", value}}}, format)).at(0).lines;
  };
  const auto together = lines("value");
  const auto& line = std::get<PrintedRaster>(together.at(0)).picture;
  CHECK(line.black(0, 10));
  CHECK_FALSE(line.black(300, 10));
  CHECK(line.black(575, 10));
  const auto apart = lines(std::string(140, 'x'));
  CHECK_FALSE(std::get<PrintedRaster>(apart.at(0)).picture.black(575, 10));
  CHECK(std::get<PrintedRaster>(apart.at(1)).picture.black(575, 10));
}

TEST_CASE("no band is longer than the printer takes at once") {
  Image image;
  image.picture = {576, 300, Bytes(std::size_t{576} * 300, 0)};
  for (const int byte_max : {1'152, 3'072, 16'384}) {
    SlipFormat format;
    format.profile.raster_byte_max = byte_max;
    const Bytes bytes = encoded({{image}}, format);
    int rows = 0;
    for (const auto& operation : operations(bytes)) {
      const auto* raster = std::get_if<escpos::Raster>(&operation);
      if (raster == nullptr) continue;
      CHECK(raster->picture.bits.size() <= static_cast<std::size_t>(byte_max));
      rows += raster->picture.height;
    }
    CHECK(rows == 306);  // and a little white
  }
}

TEST_CASE("printers of columns get the same dots") {
  Image image;
  image.picture = {30, 50, {}};
  for (int i = 0; i < 30 * 50; ++i) image.picture.pixels.push_back(i % 7 == 0 ? 0 : 255);
  SlipFormat rows;
  SlipFormat columns;
  columns.profile.raster = RasterCommand::columns;
  const auto by_rows = read_slips(encoded({{image}}, rows));
  const auto by_columns = read_slips(encoded({{image}}, columns));
  const Bitmap whole = std::get<PrintedRaster>(by_rows.at(0).lines.at(0)).picture;
  int y = 0;
  for (const PrintedLine& line : by_columns.at(0).lines) {
    const auto* text = std::get_if<PrintedText>(&line);
    if (text == nullptr || text->runs.empty()) continue;
    CHECK(text->height_dots == 24);
    const Bitmap& stripe = text->runs.at(0).picture;
    CHECK(stripe.bits == [&] {
      Bitmap same(stripe.width, 24);
      same.draw(whole.rows(y, 24), 0, 0);
      return same.bits;
    }());
    y += 24;
  }
  CHECK(y >= 56);
}

TEST_CASE("large pictures are made as wide as the paper, broken ones are refused") {
  Image image;
  image.picture = {800, 400, Bytes(std::size_t{800} * 400, 0)};
  SlipFormat narrow;
  narrow.width = PaperWidth::mm58;
  const auto slips = read_slips(encoded({{image}}, narrow), 384);
  CHECK(std::get<PrintedRaster>(slips.at(0).lines.at(0)).picture.width == 384);
  image.picture.pixels.pop_back();
  CHECK(encode_escpos({{image}}, narrow).error().code == "printer.bad_document");
  image.picture = {4'097, 1, Bytes(4'097)};
  CHECK(encode_escpos({{image}}, narrow).error().code == "printer.bad_document");
}

TEST_CASE("codes are the printer's own, or pictures") {
  SlipFormat own;
  SlipFormat drawn;
  drawn.profile.qr_code = false;
  drawn.profile.code128 = false;
  const Document document = {{QrCode{"BM1:1"}, BarCode{"0721338641"}, BarCode{"a{b"}}};
  CHECK(printed(document, own) == "\n[QR BM1:1]\n\n[bars 0721338641]\n[bars a{b]\n");
  CHECK(count_of<escpos::QrPrint>(encoded(document, own)) == 1);
  CHECK(count_of<escpos::PrintBars>(encoded(document, own)) == 2);
  CHECK(count_of<escpos::QrPrint>(encoded(document, drawn)) == 0);
  CHECK(count_of<escpos::PrintBars>(encoded(document, drawn)) == 0);
  CHECK(count_of<escpos::Raster>(encoded(document, drawn)) >= 3);
  CHECK(printed(document, drawn).find("0721338641\n") != std::string::npos);
}

TEST_CASE("bar codes that cannot be printed are refused") {
  const auto code = [](std::string text, PaperWidth width) {
    const auto slip = encode_escpos({{BarCode{std::move(text)}}}, {width});
    return slip ? std::string_view("ok") : slip.error().code;
  };
  CHECK(code("x", PaperWidth::mm58) == "ok");
  CHECK(code("", PaperWidth::mm80) == "printer.bad_document");
  CHECK(code("便", PaperWidth::mm80) == "printer.bad_document");
  CHECK(code("a\nb", PaperWidth::mm80) == "printer.bad_document");
  CHECK(code(std::string(20, 'x'), PaperWidth::mm80) == "ok");
  CHECK(code(std::string(20, 'x'), PaperWidth::mm58) == "printer.bad_document");
  CHECK(code(std::string(20, '7'), PaperWidth::mm58) == "ok");  // two digits a symbol
  CHECK(code(std::string(49, 'x'), PaperWidth::mm80) == "printer.bad_document");
}

TEST_CASE("the cut is the profile's") {
  const auto cut = [](Cutter cutter) {
    SlipFormat format;
    format.profile.cutter = cutter;
    format.profile.feed_before_cut = 5;
    return encode_escpos({{TextLine{"x"}}}, format)->cut;
  };
  CHECK(cut(Cutter::partial) == Bytes{0x1B, 'd', 5, 0x1D, 'V', 66, 0});
  CHECK(cut(Cutter::full) == Bytes{0x1B, 'd', 5, 0x1D, 'V', 65, 0});
  CHECK(cut(Cutter::none) == Bytes{0x1B, 'd', 5});
}

TEST_CASE("only printers with a Chinese font are switched to it") {
  CHECK(count_of<escpos::SetChinese>(encoded({{TextLine{"x"}}}, {})) == 1);
  CHECK(count_of<escpos::SetChinese>(encoded({{TextLine{"x"}}}, format_of(PrinterText::ascii, {}))) == 0);
}

TEST_CASE("every profile prints every kind of line on both papers") {
  std::vector<RasterText> asked;
  Image image;
  image.picture = {100, 40, Bytes(4'000, 90)};
  const Document document = {{TextLine{"便民 abc བོད", Align::center, 2, true}, LabelLine{"办件号", "0721"},
                              RuleLine{}, QrCode{"BM1:0721:TOKEN"}, BarCode{"0721"}, image, Feed{2}}};
  for (const PrinterProfile& profile : printer_profiles()) {
    for (const PaperWidth width : {PaperWidth::mm58, PaperWidth::mm80}) {
      INFO(profile.name);
      const SlipFormat format{width, profile, boxes(&asked)};
      const Bytes bytes = encoded(document, format);
      ByteView left = bytes;
      while (const auto step = escpos::read_step(left)) left = left.subspan(step->byte_count);
      CHECK(left.empty());
      const auto slips = read_slips(bytes, profile.area(width).dots);
      REQUIRE(slips.size() == 1);
      CHECK(slips[0].cut == (profile.cutter != Cutter::none));
    }
  }
}

}  // namespace bianmin::printer
