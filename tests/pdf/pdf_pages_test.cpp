// Good files come out as they are meant, and every other one with a code, in time, and with the caller alive.
#include "terminal/pdf/pdf_pages.hpp"

#include <fmt/format.h>

#include "terminal/base/landlock.hpp"
#include "tests/catch.hpp"
#include "ui/sheet/sheet_output.hpp"

namespace bianmin::pdf {

namespace {

constexpr const char* a4_box = "0 0 595 842";

// A file of pages, as PDF 1.4 has it.
struct PdfFile {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", ""};
  std::string kids;
  int count = 0;
  std::string trailer;  // more entries of it

  int add(const std::string& object) {
    objects.push_back(object);
    return static_cast<int>(objects.size());
  }
  int add_stream(const std::string& dictionary, const std::string& bytes) {
    return add(fmt::format("<< {} /Length {} >>\nstream\n{}\nendstream", dictionary, bytes.size(), bytes));
  }
  void add_page(const std::string& content, const std::string& box = a4_box,
                const std::string& resources = {}) {
    const int stream = add_stream("", content);
    add_page_of(fmt::format("/MediaBox [{}] /Resources << {} >> /Contents {} 0 R", box, resources, stream));
  }
  void add_page_of(const std::string& entries) {
    kids += fmt::format("{} 0 R ", add("<< /Type /Page /Parent 2 0 R " + entries + " >>"));
    ++count;
  }
  void add_blank_pages(int times) {
    for (int i = 0; i < times; ++i) add_page_of("/MediaBox [0 0 595 842]");
  }
  Bytes bytes() {
    objects[1] = fmt::format("<< /Type /Pages /Kids [{}] /Count {} >>", kids, count);
    std::string out = "%PDF-1.4\n";
    std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
    for (std::size_t i = 0; i < objects.size(); ++i) {
      table += fmt::format("{:010} 00000 n \n", out.size());
      out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
    }
    const std::size_t at = out.size();
    out += table + fmt::format("trailer\n<< /Size {} /Root 1 0 R {} >>\nstartxref\n{}\n%%EOF\n",
                               objects.size() + 1, trailer, at);
    return bytes_of(out);
  }
};

struct Drawn {
  std::size_t page_count = 0;
  std::string code;
  std::vector<Bytes> pages;  // a byte a pixel

  bool black(std::size_t page, int x, int y) const {
    return pages.at(page).at(static_cast<std::size_t>(y) * a4_width_px + static_cast<std::size_t>(x)) == 0;
  }
  double ink(std::size_t page) const {  // the share of black
    return static_cast<double>(std::count(pages.at(page).begin(), pages.at(page).end(), 0)) /
           static_cast<double>(pages.at(page).size());
  }
};

Drawn draw(const Bytes& file, int deadline_ms = draw_deadline_ms,
           const std::vector<std::string>& command = {std::string(BIANMIN_BIN) + "/kiosk-pdf"}) {
  Drawn drawn;
  const auto take = [&drawn](std::size_t page, ByteView rows) -> Result<void> {
    if (page == drawn.pages.size()) drawn.pages.emplace_back();
    append(drawn.pages.at(page), rows);
    return {};
  };
  const auto count = draw_pages(file, command, take, deadline_ms);
  if (count) {
    drawn.page_count = *count;
    CHECK(drawn.pages.size() == *count);
    for (const Bytes& page : drawn.pages) CHECK(page.size() == std::size_t{a4_width_px} * a4_height_px);
  } else {
    drawn.code = count.error().code;
  }
  return drawn;
}

std::string code_of(PdfFile file) { return draw(file.bytes()).code; }

PdfFile one_page(const std::string& content = "0 0 100 100 re f", const std::string& box = a4_box,
                 const std::string& resources = {}) {
  PdfFile file;
  file.add_page(content, box, resources);
  return file;
}

// Some words in a font that is not in the file.
PdfFile words_in(const std::string& font, const std::string& string) {
  return one_page("BT /F 48 Tf 72 400 Td " + string + " Tj ET", a4_box, "/Font << /F " + font + " >>");
}

}  // namespace

TEST_CASE("a page comes out where and as large as it is meant, and pages in their order") {
  PdfFile file;
  file.add_page("72 72 72 72 re f");                     // an inch from the lower left corner, an inch large
  file.add_page("0 0 72 72 re f", "0 0 842 595");        // wider than high: turned
  file.add_page("0 0 144 144 re f", "0 0 144 144");      // small: in the middle
  file.add_page("0 0 1190 1684 re f", "0 0 1190 1684");  // A2: made to fit
  file.add_page("1 0 0 rg 0 0 595 842 re f");            // red
  file.add_page("0.5 g 0 0 595 842 re f");
  file.add_page("", a4_box);
  const Drawn drawn = draw(file.bytes());
  REQUIRE(drawn.page_count == 7);
  CHECK(drawn.black(0, 310, a4_height_px - 310));
  CHECK(drawn.black(0, 590, a4_height_px - 590));
  CHECK_FALSE(drawn.black(0, 290, a4_height_px - 310));
  CHECK_FALSE(drawn.black(0, 310, a4_height_px - 290));
  CHECK_FALSE(drawn.black(0, 610, a4_height_px - 590));
  CHECK(drawn.black(1, 5, 5));  // its lower left corner has come to the upper left one
  CHECK_FALSE(drawn.black(1, 5, a4_height_px - 5));
  CHECK(drawn.black(2, a4_width_px / 2, a4_height_px / 2));
  CHECK(drawn.black(2, a4_width_px / 2 - 290, a4_height_px / 2 - 290));
  CHECK_FALSE(drawn.black(2, a4_width_px / 2 - 310, a4_height_px / 2));
  CHECK(drawn.ink(3) > 0.99);
  CHECK(drawn.ink(4) > 0.6);  // a seal is dark on paper
  CHECK(drawn.ink(4) < 0.8);
  CHECK(std::abs(drawn.ink(5) - 0.5) < 0.03);
  CHECK(drawn.ink(6) == 0);
}

TEST_CASE("a sheet of ours, with its fonts in it, is read") {
  ui::Typesetter typesetter;
  ui::Sheet sheet;
  sheet.title = "营业执照";
  for (int i = 0; i < 90; ++i)
    sheet.rows.push_back({"统一社会信用代码", "91330000MA27XXXX0" + std::to_string(i)});
  const auto pages = ui::lay_out_sheet(typesetter, sheet);
  REQUIRE(pages);
  const auto pdf = ui::sheet_pdf(typesetter, *pages, sheet.title, 0);
  REQUIRE(pdf);
  const Drawn drawn = draw(*pdf);
  REQUIRE(drawn.page_count == pages->size());
  CHECK(drawn.page_count > 1);
  CHECK(drawn.ink(0) > 0.005);
}

TEST_CASE("a file that leaves its fonts to the reader gets the system's, or is said to be incomplete") {
  const bool fonts_in_reach = landlock_abi() > 0;
  const auto check = [&](const PdfFile& file) {
    const Drawn drawn = draw(PdfFile(file).bytes());
    if (!fonts_in_reach) {
      CHECK(drawn.code == "pdf.incomplete");
      return;
    }
    REQUIRE(drawn.page_count == 1);
    CHECK(drawn.ink(0) > 0.0005);
  };
  check(words_in("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "(Certificate)"));
  const std::string song =
      "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< "
      "/Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
      "/Ordering (GB1) /Supplement 4 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light "
      "/Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 752 /Descent -271 /CapHeight 737 /StemV "
      "58 >> >>] >>";
  check(words_in(song, "<8BC17167>"));  // 证照
  std::string other = song;
  for (const std::string_view name : {"UniGB-UCS2-H"})
    other.replace(other.find(name), name.size(), "No-Such-Map");
  CHECK(draw(words_in(other, "<8BC17167>").bytes()).code == "pdf.incomplete");
}

TEST_CASE("what is no PDF, or not all of one, is broken") {
  const Bytes whole = one_page().bytes();
  REQUIRE(draw(whole).page_count == 1);
  CHECK(draw({}).code == "pdf.broken");
  CHECK(draw(bytes_of("hello")).code == "pdf.broken");
  CHECK(draw(Bytes(100'000, 0)).code == "pdf.broken");
  CHECK(draw(Bytes(file_size_max + 1, '%')).code == "pdf.broken");
  for (const std::size_t size : {whole.size() - 10, whole.size() / 2, std::size_t{9}}) {
    CHECK(draw(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).code == "pdf.broken");
  }
  // The table of its objects is gone, and a reader would guess.
  std::string text = text_of(whole);
  text.replace(text.find("xref\n0"), 4, "rexf");
  CHECK(draw(bytes_of(text)).code == "pdf.broken");
  CHECK(code_of(PdfFile{}) == "pdf.broken");  // no page
}

TEST_CASE("a file that is locked, too long, or of pages of no size is told apart") {
  PdfFile locked = one_page();
  locked.trailer = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + std::string(64, '1') + "> /U <" +
                   std::string(64, '2') + "> >> /ID [<00> <00>]";
  CHECK(code_of(locked) == "pdf.locked");
  PdfFile twenty = one_page();
  twenty.add_blank_pages(19);
  CHECK(draw(twenty.bytes()).page_count == 20);
  PdfFile more = twenty;
  more.add_blank_pages(1);
  CHECK(code_of(more) == "pdf.too_long");
  more.add_blank_pages(10'000);
  CHECK(code_of(more) == "pdf.too_long");
  CHECK(draw(one_page("0 0 m", "0 0 14400 14400").bytes()).page_count == 1);
  CHECK(code_of(one_page("0 0 m", "0 0 1000000000 1000000000")) == "pdf.broken");
  CHECK(draw(one_page("0 0 m", "0 0 1 190000").bytes()).page_count == 1);
}

TEST_CASE("a file that would keep a reader busy for ever is given up") {
  PdfFile file;
  int inner = file.add_stream("/Type /XObject /Subtype /Form /BBox [0 0 595 842]", "0 0 595 842 re f");
  for (int level = 0; level < 12; ++level) {
    std::string calls;
    for (int i = 0; i < 30; ++i) calls += "/X Do ";
    inner = file.add_stream(
        fmt::format(
            "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X {} 0 R >> >>",
            inner),
        calls);
  }
  file.add_page("/X Do", a4_box, fmt::format("/XObject << /X {} 0 R >>", inner));
  CHECK(draw(file.bytes(), 2'000).code == "pdf.slow");
}

TEST_CASE("a renderer that dies, says too much, or is not there costs nothing else") {
  const Bytes file = one_page().bytes();
  const auto shell = [&](const std::string& script) {
    return draw(file, 5'000, {"/bin/sh", "-c", script}).code;
  };
  CHECK(draw(file, 5'000, {"/nowhere/kiosk-pdf"}).code == "process.not_started");
  CHECK(shell("exit 0") == "pdf.died");
  CHECK(shell("kill -9 $$") == "pdf.died");
  CHECK(shell("head -c 8 >/dev/null; printf '\\011' >&0") == "pdf.died");          // no such verdict
  CHECK(shell("head -c 8 >/dev/null; printf '\\000\\025' >&0") == "pdf.died");     // 21 pages
  CHECK(shell("head -c 8 >/dev/null; printf '\\000\\000' >&0") == "pdf.died");     // none
  CHECK(shell("head -c 8 >/dev/null; printf '\\000\\001abc' >&0") == "pdf.died");  // and not all of a page
  CHECK(draw(file, 300, {"/bin/sh", "-c", "exec sleep 60"}).code == "pdf.slow");
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = draw_pages(
      file, {"/bin/sh", "-c", "exec sleep 60"}, [](std::size_t, ByteView) { return Result<void>(); }, 60'000,
      stop.get_token());
  CHECK(stopped.error().code == "pdf.stopped");
}

}  // namespace bianmin::pdf
