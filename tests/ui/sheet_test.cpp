// Documents of A4 paper: where things stand, the rows for a printer, and the PDF/A, which other programs
// read.
#include <cstdlib>
#include <filesystem>

#include "drivers/scanner/code_writer.hpp"
#include "terminal/base/files.hpp"
#include "tests/catch.hpp"
#include "ui/sheet/pdf_a.hpp"
#include "ui/sheet/sheet_output.hpp"

// Besides Fontconfig's settings: Cairo 1.16 loses 768 bytes for each face of a CFF font that it puts into a
// PDF.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\nleak:libcairo\n"; }

namespace bianmin::ui {

namespace {

constexpr std::int64_t created_ms = 1'795'680'000'000;

Sheet certificate() {
  const auto code = scanner::encode_qr("BM1:0721338641", scanner::QrCorrection::m).value();
  Sheet sheet;
  sheet.site = "某省某市某县青石镇便民服务中心";
  sheet.title = "养老待遇资格认证证明";
  sheet.paragraphs = {
      "兹证明下列人员已于本服务点完成本年度养老待遇领取资格认证，认证结果为通过。本证明由自助终端出具，"
      "与窗口出具的具有同等效力，可扫描下方二维码核验。"};
  sheet.rows = {{"姓名", "赵秀兰"},
                {"公民身份号码", "11010519491231002X"},
                {"办件号", "0721 3386 41"},
                {"住址", "某省某市某县青石镇敬老院2号楼三单元四层东侧第二间房屋附属建筑物一层"}};
  sheet.closing = {"青石镇便民服务中心\n2026年11月26日"};
  sheet.code = SheetCode{code.width, code.modules, "扫码核验\n0721 3386 41"};
  sheet.footer = "自助终端出具。核验电话 12345。";
  return sheet;
}

Sheet statement(int row_count) {
  Sheet sheet;
  sheet.title = "办件清单";
  for (int i = 0; i < row_count; ++i) sheet.rows.push_back({"第 " + std::to_string(i + 1) + " 项", "已办结"});
  return sheet;
}

Bytes rows_of(Typesetter& typesetter, const SheetPage& page) {
  Bytes all;
  REQUIRE(render_sheet_page(typesetter, page, [&](ByteView rows) -> Result<void> {
    CHECK(rows.size() % 2'480 == 0);
    append(all, rows);
    return {};
  }));
  return all;
}

std::size_t ink_between(const Bytes& grey, int top, int bottom) {
  std::size_t ink = 0;
  for (int i = top * a4_paper.width; i < bottom * a4_paper.width; ++i)
    ink += grey[static_cast<std::size_t>(i)] < 128 ? 1 : 0;
  return ink;
}

struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  bool run(const std::string& command) const {
    return std::system(("cd " + path.string() + " && " + command + " </dev/null").c_str()) == 0;  // NOLINT
  }
  std::string text(const char* name) const { return text_of(read_file(path / name, 1'000'000).value()); }
  std::filesystem::path path = std::filesystem::temp_directory_path() / "bianmin-sheet-test";
};

bool found(const char* program) {
  return std::system(("command -v " + std::string(program) + " >/dev/null").c_str()) == 0;  // NOLINT
}

}  // namespace

TEST_CASE("a certificate is one page, with nothing on its edges") {
  Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, certificate());
  REQUIRE(pages);
  REQUIRE(pages->size() == 1);
  for (const SheetItem& item : pages->front()) {
    if (const auto* text = std::get_if<SheetText>(&item)) {
      INFO(text->spec.text);
      const Rect ink = typesetter.ink(text->spec, text->bounds);
      CHECK(Rect{200, 200, a4_paper.width - 400, a4_paper.height - 300}.contains(ink));
    }
  }
  const Bytes grey = rows_of(typesetter, pages->front());
  REQUIRE(grey.size() == std::size_t{2'480} * 3'508);
  CHECK(ink_between(grey, 0, 200) == 0);
  CHECK(ink_between(grey, a4_paper.height - 100, a4_paper.height) == 0);
  CHECK(ink_between(grey, 200, 1'000) > 20'000);
}

TEST_CASE("bands are the page that one band would be") {
  Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, certificate());
  REQUIRE(pages);
  Paper whole = Paper::band(a4_paper, 0, a4_paper.height);
  draw_sheet_page(typesetter, whole, pages->front());
  const bool same = whole.take_grey() == rows_of(typesetter, pages->front());
  CHECK(same);
}

TEST_CASE("a long statement goes on, page by page, and one without an end is refused") {
  Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, statement(60));
  REQUIRE(pages);
  CHECK(pages->size() == 3);
  std::vector<std::string> numbers;
  int values = 0;
  for (const SheetPage& page : *pages) {
    for (const SheetItem& item : page) {
      const auto* text = std::get_if<SheetText>(&item);
      if (text == nullptr) continue;
      values += text->spec.text == "已办结" ? 1 : 0;
      if (text->spec.text.find(" / ") != std::string::npos) numbers.push_back(text->spec.text);
    }
  }
  CHECK(values == 60);
  CHECK(numbers == std::vector<std::string>{"1 / 3", "2 / 3", "3 / 3"});
  CHECK(lay_out_sheet(typesetter, statement(2'000)).error().code == "sheet.too_long");
  Sheet tall;
  for (int i = 0; i < 200; ++i) tall.title += "长\n";
  CHECK(lay_out_sheet(typesetter, tall).error().code == "sheet.too_long");
  Sheet bad_code = certificate();
  bad_code.code->modules.pop_back();
  CHECK(lay_out_sheet(typesetter, bad_code).error().code == "sheet.bad_code");
}

TEST_CASE("rendering ends when nobody takes the rows") {
  Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, certificate());
  REQUIRE(pages);
  int calls = 0;
  const auto ended = render_sheet_page(typesetter, pages->front(), [&](ByteView) -> Result<void> {
    ++calls;
    return Error{Remedy::refuse, "page.bad_rows", "enough"};
  });
  CHECK(ended.error().code == "page.bad_rows");
  CHECK(calls == 1);
}

TEST_CASE("the PDF says that it is a PDF/A, and other programs read it") {
  Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, certificate());
  REQUIRE(pages);
  const auto pdf = sheet_pdf(typesetter, *pages, "养老待遇资格认证证明 <1> & 更多", created_ms);
  REQUIRE(pdf);
  CHECK(*sheet_pdf(typesetter, *pages, "养老待遇资格认证证明 <1> & 更多", created_ms) == *pdf);
  const std::string text = text_of(*pdf);
  for (const char* part : {"%PDF-1.4", "<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>B<",
                           "/S /GTS_PDFA1", "/ID [<", "/Lang (zh-CN)", "&lt;1&gt; &amp;", "2026-11-26T"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  for (const char* part : {"/Encrypt", "/JavaScript", "/Interpolate true", "/SMask", "/LZWDecode"}) {
    INFO(part);
    CHECK(text.find(part) == std::string::npos);
  }
  const Folder folder;
  REQUIRE(write_file_durably(folder.path / "sheet.pdf", *pdf));
  for (const char* program : {"qpdf", "pdfinfo", "pdffonts", "pdftoppm", "pdftotext", "gs", "zbarimg"}) {
    if (found(program)) continue;
    WARN("skipped: no " << program << " (Debian packages qpdf, poppler-utils, ghostscript, zbar-tools)");
    return;
  }
  CHECK(folder.run("qpdf --check sheet.pdf >check 2>&1"));
  INFO(folder.text("check"));
  CHECK(folder.text("check").find("WARNING") == std::string::npos);
  REQUIRE(
      folder.run("pdfinfo sheet.pdf >info 2>&1 && pdffonts sheet.pdf >fonts 2>&1 && "
                 "pdftotext -enc UTF-8 sheet.pdf text 2>&1"));
  CHECK(folder.text("info").find("Pages:           1") != std::string::npos);
  CHECK(folder.text("info").find("(A4)") != std::string::npos);
  CHECK(folder.text("info").find("养老待遇资格认证证明 <1> & 更多") != std::string::npos);
  CHECK(folder.text("fonts").find(" no ") > folder.text("fonts").find(" yes "));  // embedded comes first
  CHECK(folder.text("text").find("11010519491231002X") != std::string::npos);
  REQUIRE(folder.run("pdftoppm -gray -r 150 sheet.pdf page && zbarimg -q --raw page-1.pgm >poppler-code"));
  CHECK(folder.text("poppler-code") == "BM1:0721338641\n");
  REQUIRE(
      folder.run("gs -q -dSAFER -dBATCH -dNOPAUSE -r150 -sDEVICE=pgmraw -sOutputFile=gs.pgm sheet.pdf "
                 ">gs-says 2>&1 && zbarimg -q --raw gs.pgm >gs-code"));
  CHECK(folder.text("gs-says").empty());
  CHECK(folder.text("gs-code") == "BM1:0721338641\n");
}

TEST_CASE("the code on the printed page is read back") {
  if (!found("zbarimg")) {
    WARN("skipped: no zbarimg (Debian package zbar-tools)");
    return;
  }
  Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, certificate());
  REQUIRE(pages);
  Bytes file = bytes_of("P5 2480 3508 255\n");
  append(file, rows_of(typesetter, pages->front()));
  const Folder folder;
  REQUIRE(write_file_durably(folder.path / "page.pgm", file));
  REQUIRE(folder.run("zbarimg -q --raw page.pgm >code"));
  CHECK(folder.text("code") == "BM1:0721338641\n");
}

TEST_CASE("what is no PDF is refused, cut anywhere") {
  Paper paper = Paper::pdf(a4_paper, "2026-11-26T00:00:00Z");
  paper.fill({{100, 100, 50, 50}});
  paper.end_page();
  const Bytes pdf = paper.take_pdf().value();
  const PdfTexts texts{"title", "2026-11-26T00:00:00Z"};
  REQUIRE(as_pdf_a(pdf, texts));
  for (std::size_t size = 0; size + 12 < pdf.size(); size += 3)
    CHECK_FALSE(as_pdf_a(ByteView(pdf).first(size), texts));
  CHECK(as_pdf_a(pdf, {"\xFF", ""}).error().code == "text.bad_utf8");
  Bytes wild = pdf;
  const std::string text = text_of(pdf);
  wild[text.rfind("/Root") + 6] = '9';
  CHECK(as_pdf_a(wild, texts).error().code == "pdf.unreadable");
}

TEST_CASE("the colour profile is one: its size, its tags, its curve") {
  const Bytes profile = srgb_profile();
  ByteReader reader(profile);
  CHECK(reader.u32_be() == profile.size());
  CHECK(profile.size() < 3'000);
  CHECK(text_of(ByteView(profile).subspan(12, 12)) == "mntrRGB XYZ ");
  CHECK(text_of(ByteView(profile).subspan(36, 4)) == "acsp");
  reader.skip(124);
  const std::uint32_t tags = reader.u32_be();
  CHECK(tags == 9);
  for (std::uint32_t i = 0; i < tags; ++i) {
    reader.skip(4);
    const std::uint32_t place = reader.u32_be();
    CHECK(place % 4 == 0);
    CHECK(place + reader.u32_be() <= profile.size());
  }
  CHECK_FALSE(reader.failed());
}

}  // namespace bianmin::ui
