// Pages out as PWG raster and PCL, and in again; also what ghostscript makes of a page.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "drivers/emulator/raster_reader.hpp"
#include "drivers/printer/page/pack_bits.hpp"
#include "drivers/printer/page/page_stream.hpp"
#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

using emulator::RasterPage;
using emulator::read_pcl;
using emulator::read_pwg;

using Random = std::mt19937;

// Black boxes, grey dots and white between them: a page as pages are.
Bytes drawn_rows(const PageFormat& format, unsigned seed) {
  Random random(seed);
  Bytes grey(static_cast<std::size_t>(format.width_px) * static_cast<std::size_t>(format.height_px), 0xFF);
  const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const auto put = [&](int x, int y, std::uint8_t value) {
    grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(format.width_px) +
         static_cast<std::size_t>(x)] = value;
  };
  for (int box = 0; box < 12; ++box) {
    const int left = any(format.width_px);
    const int top = any(format.height_px);
    for (int y = top; y < std::min(top + 40, format.height_px); ++y)
      for (int x = left; x < std::min(left + 60, format.width_px); ++x) put(x, y, 0x00);
  }
  for (int dot = 0; dot < 600; ++dot)
    put(any(format.width_px), any(format.height_px), static_cast<std::uint8_t>(any(256)));
  return grey;
}

PageBitmap page_of(const PageFormat& format, const Bytes& grey) {
  PageBitmap page(format);
  REQUIRE(page.add_rows(grey));
  REQUIRE(page.whole());
  return page;
}

Bytes all_of(PageStream& stream) {
  Bytes all;
  for (Bytes piece = stream.next(); !piece.empty(); piece = stream.next()) {
    CHECK(piece.size() < 64'000);
    append(all, piece);
  }
  return all;
}

// As a printer that knows black and white alone has it, with what PCL cannot reach left white.
Bytes in_black(const Bytes& grey, int width, int left) {
  Bytes out(grey.size(), 0xFF);
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const int x = static_cast<int>(i % static_cast<std::size_t>(width));
    if (grey[i] < 128 && x >= left && x < width - left) out[i] = 0x00;
  }
  return out;
}

constexpr PageFormat small_page{403, 211, 300};

// Not CHECK(a == b), which would print millions of pixels.
bool same_pixels(const Bytes& a, const Bytes& b) { return a == b; }

bool found(const char* program) {
  return std::system(("command -v " + std::string(program) + " >/dev/null").c_str()) == 0;  // NOLINT
}

// The pixels of a PGM or PBM file, as grey.
RasterPage read_netpbm(const std::filesystem::path& path) {
  const Bytes file = read_file(path, 100'000'000).value();
  RasterPage page;
  char kind = 0;
  int header = 0;
  const std::string text = text_of(ByteView(file).first(std::min<std::size_t>(file.size(), 400)));
  std::string lines;
  std::size_t at = 0;
  for (int line = 0; line < 3 && at < text.size(); ++line) {
    const std::size_t end = text.find('\n', at);
    if (text[at] == '#') --line;
    if (text[at] != '#') lines += text.substr(at, end + 1 - at);
    at = end + 1;
    if (lines.starts_with("P4") && line == 1) break;
  }
  std::sscanf(lines.c_str(), "P%c %d %d%n", &kind, &page.width_px, &page.height_px, &header);  // NOLINT
  const ByteView pixels = ByteView(file).subspan(at);
  if (kind == '5') page.grey.assign(pixels.begin(), pixels.end());
  const auto row_byte_count = static_cast<std::size_t>(page.width_px + 7) / 8;
  for (std::size_t i = 0; kind == '4' && i < static_cast<std::size_t>(page.height_px); ++i) {
    for (std::size_t x = 0; x < static_cast<std::size_t>(page.width_px); ++x) {
      const bool black = (pixels[i * row_byte_count + x / 8] & 0x80U >> x % 8) != 0;
      page.grey.push_back(black ? 0x00 : 0xFF);
    }
  }
  return page;
}

constexpr const char* postscript =
    "%!\n/Helvetica findfont 30 scalefont setfont\n"
    "1 1 2 { pop 72 700 moveto (A page of ghostscript) show 100 100 300 200 rectfill\n"
    "0.5 setgray 100 400 50 50 rectfill 0 setgray 3 setlinewidth 80 350 moveto 500 380 lineto stroke\n"
    "showpage } for\n";

struct Ghostscript {
  explicit Ghostscript() {
    std::filesystem::create_directories(folder);
    REQUIRE(write_file_durably(folder / "page.ps", view_of(postscript)));
  }
  ~Ghostscript() { std::filesystem::remove_all(folder); }
  std::filesystem::path run(const std::string& device, const std::string& options, const std::string& name) {
    const std::string command = "gs -q -dSAFER -dBATCH -dNOPAUSE -sPAPERSIZE=a4 -r300 -sDEVICE=" + device +
                                " " + options + " -sOutputFile=" + (folder / name).string() + " " +
                                (folder / "page.ps").string() + " >/dev/null 2>&1 </dev/null";
    REQUIRE(std::system(command.c_str()) == 0);  // NOLINT
    return folder / name;
  }
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "bianmin-page-raster-test";
};

}  // namespace

TEST_CASE("runs of bytes are packed and come back") {
  Random random(7);
  for (int round = 0; round < 400; ++round) {
    Bytes bytes;
    while (bytes.size() < 1 + random() % 600)
      bytes.insert(bytes.end(), 1 + random() % (round % 7 == 0 ? 300 : 4),
                   static_cast<std::uint8_t>(random() % 3));
    Bytes packed;
    pack_bits(bytes, packed);
    CHECK(packed.size() <= bytes.size() + bytes.size() / 128 + 1);
    Bytes back(bytes.size());
    REQUIRE(unpack_bits(packed, back) == packed.size());
    CHECK(back == bytes);
    CHECK_FALSE(unpack_bits(ByteView(packed).first(packed.size() - 1), back));
  }
  Bytes two(2);
  CHECK_FALSE(unpack_bits(Bytes{0xFE, 0x00}, two));            // three bytes for two
  CHECK(unpack_bits(Bytes{128, 0x01, 0xAA, 0xBB}, two) == 4);  // 128 is nothing
}

TEST_CASE("a page keeps its rows, small, and takes no others") {
  const Bytes grey = drawn_rows(small_page, 1);
  PageBitmap page(small_page);
  const auto width = static_cast<std::size_t>(small_page.width_px);
  CHECK_FALSE(page.add_rows(ByteView(grey).first(width - 1)));
  for (std::size_t at = 0; at < grey.size(); at += 7 * width)  // bands, the last one shorter
    REQUIRE(page.add_rows(ByteView(grey).subspan(at, std::min(7 * width, grey.size() - at))));
  CHECK(page.whole());
  CHECK(page.add_rows(ByteView(grey).first(width)).error().code == "page.bad_rows");
  CHECK(page.byte_count() < grey.size() / 8);
  Bytes row(width);
  for (int y = 0; y < small_page.height_px; ++y) {
    page.row(y, row);
    REQUIRE(std::equal(row.begin(), row.end(), grey.begin() + std::ptrdiff_t{y} * small_page.width_px));
  }
  const PageBitmap white = page_of(small_page, Bytes(grey.size(), 0xFF));
  CHECK(white.same_rows(0, 256) == small_page.height_px);
  CHECK(white.same_rows(11, 100) == 100);
  CHECK(white.byte_count() < 20);
}

TEST_CASE("pages come back from their PWG raster") {
  const int scale = GENERATE(1, 2);
  const PwgColour colour = GENERATE(PwgColour::gray, PwgColour::black);
  const Bytes first = drawn_rows(small_page, 3);
  const Bytes second = drawn_rows(small_page, 4);
  const std::vector<PageBitmap> pages = {page_of(small_page, first), page_of(small_page, second)};
  const auto stream = pwg_stream(pages, colour, scale);
  CHECK(stream->finished_pages() == 0);
  const Bytes bytes = all_of(*stream);
  CHECK(stream->finished_pages() == 2);
  const auto read = read_pwg(bytes);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  const RasterPage& page = (*read)[1];
  CHECK(page.width_px == small_page.width_px * scale);
  CHECK(page.height_px == small_page.height_px * scale);
  CHECK(page.dpi == 300 * scale);
  const Bytes wanted = colour == PwgColour::gray ? second : in_black(second, small_page.width_px, 0);
  bool same = true;
  for (std::size_t i = 0; i < page.grey.size(); ++i) {
    const std::size_t x = i % static_cast<std::size_t>(page.width_px) / static_cast<std::size_t>(scale);
    const std::size_t y = i / static_cast<std::size_t>(page.width_px) / static_cast<std::size_t>(scale);
    same = same && page.grey[i] == wanted[y * static_cast<std::size_t>(small_page.width_px) + x];
  }
  CHECK(same);
}

TEST_CASE("the header of a PWG page says what the document asks for") {
  const std::vector<PageBitmap> pages = {page_of(a4_page, Bytes(2'480U * 3'508U, 0xFF))};
  const Bytes bytes = all_of(*pwg_stream(pages, PwgColour::gray, 1));
  REQUIRE(bytes.size() > 1'800);
  const auto number = [&](std::size_t at) {
    ByteReader reader(ByteView(bytes).subspan(4 + at));
    return reader.u32_be();
  };
  CHECK(text_of(ByteView(bytes).first(13)) == "RaS2PwgRaster");
  CHECK(number(276) == 300);
  CHECK(number(352) == 595);
  CHECK(number(356) == 842);
  CHECK(number(372) == 2'480);
  CHECK(number(376) == 3'508);
  CHECK(number(392) == 2'480);
  CHECK(number(400) == 18);
  CHECK(number(452) == 1);
  CHECK(bytes.size() < 3'000);  // a white page is nearly nothing
}

TEST_CASE("A4 pages come back from their PCL, without the edges that PCL does not have") {
  const int scale = GENERATE(1, 2);
  const Bytes first = drawn_rows(a4_page, 5);
  const Bytes second = drawn_rows(a4_page, 6);
  const std::vector<PageBitmap> pages = {page_of(a4_page, first), page_of(a4_page, second)};
  const auto stream = pcl_stream(pages, scale);
  const Bytes bytes = all_of(*stream);
  CHECK(stream->finished_pages() == 2);
  const auto read = read_pcl(bytes);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].dpi == 300 * scale);
  if (scale == 1) {
    CHECK(same_pixels((*read)[0].grey, in_black(first, a4_page.width_px, 71)));
    CHECK(same_pixels((*read)[1].grey, in_black(second, a4_page.width_px, 71)));
  }
  // Nothing of PJL around it and nothing unknown in it changes the page.
  Bytes wrapped = bytes_of("\x1b%-12345X@PJL JOB NAME=\"x\"\r\n@PJL ENTER LANGUAGE=PCL\r\n");
  append(wrapped, bytes);
  append(wrapped, view_of("\x1b%-12345X@PJL EOJ NAME=\"x\"\r\n\x1b%-12345X"));
  const auto again = read_pcl(wrapped);
  REQUIRE(again);
  REQUIRE(again->size() == 2);
  CHECK(same_pixels((*again)[1].grey, (*read)[1].grey));
}

TEST_CASE("what is no page stream is an error, and cut anywhere it ends") {
  const std::vector<PageBitmap> pages = {page_of(small_page, drawn_rows(small_page, 8))};
  const Bytes pwg = all_of(*pwg_stream(pages, PwgColour::gray, 1));
  for (std::size_t size = 5; size < pwg.size(); size += 97)
    CHECK(read_pwg(ByteView(pwg).first(size)).error().code == "raster.bad_pwg");
  CHECK(read_pwg({}).error().code == "raster.bad_pwg");
  CHECK(read_pwg(view_of("RaS2"))->empty());
  Bytes huge = pwg;
  huge[4 + 372] = 0x7F;
  CHECK(read_pwg(huge).error().code == "raster.too_large");
  CHECK(read_pcl({})->empty());
  CHECK(read_pcl(view_of("\x1b*b300W12")).error().code == "raster.bad_pcl");
  CHECK(read_pcl(view_of("\x1b*b9m1Wx")).error().code == "raster.bad_pcl");
  CHECK(read_pcl(view_of("\x1b*b")).error().code == "raster.bad_pcl");
  CHECK(read_pcl(Bytes(60, '\f')).error().code == "raster.too_large");
}

TEST_CASE("ghostscript's PWG raster and PCL are the pages that it draws itself") {
  if (!found("gs")) {
    WARN("skipped: no gs (Debian package ghostscript)");
    return;
  }
  Ghostscript gs;
  const auto file = [](const std::filesystem::path& path) { return read_file(path, 100'000'000).value(); };
  const auto pwg =
      read_pwg(file(gs.run("pwgraster", "-dcupsColorSpace=18 -dcupsBitsPerColor=8", "page.pwg")));
  REQUIRE(pwg);
  REQUIRE(pwg->size() == 2);
  const RasterPage drawn = read_netpbm(gs.run("pgmraw", "-dLastPage=1", "page.pgm"));
  CHECK((*pwg)[0].dpi == 300);
  REQUIRE((*pwg)[0].width_px == drawn.width_px);
  // Its two devices set the edges of letters a little differently.
  std::size_t others = 0;
  for (std::size_t i = 0; i < drawn.grey.size(); ++i) others += (*pwg)[0].grey[i] != drawn.grey[i] ? 1 : 0;
  CHECK(others < 10'000);
  CHECK(same_pixels((*pwg)[1].grey, (*pwg)[0].grey));

  const auto pcl = read_pcl(file(gs.run("ljet4", "", "page.pcl")));
  REQUIRE(pcl);
  REQUIRE(pcl->size() == 2);
  const RasterPage black = read_netpbm(gs.run("pbmraw", "-dLastPage=1", "page.pbm"));
  REQUIRE(black.width_px <= 2'481);
  // Both may shift the page by some dots: the same ink, in the same shape.
  const auto ink = [](const Bytes& grey) { return std::count(grey.begin(), grey.end(), std::uint8_t{0}); };
  CHECK(ink((*pcl)[0].grey) > 400'000);
  const auto difference = std::abs(double(ink((*pcl)[0].grey) - ink(black.grey)));
  CHECK(difference < 0.02 * double(ink(black.grey)));
  CHECK(same_pixels((*pcl)[1].grey, (*pcl)[0].grey));
}

}  // namespace bianmin::printer
