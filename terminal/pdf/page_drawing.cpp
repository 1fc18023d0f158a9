#include "terminal/pdf/page_drawing.hpp"

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

namespace bianmin::pdf {

namespace {

constexpr double a4_width_pt = 595.276;
constexpr double a4_height_pt = 841.89;
constexpr double full_dpi = 300;
constexpr double points_per_inch = 72;
constexpr double side_min_pt = 1;
constexpr double side_max_pt = 200'000;
constexpr double nearly_a4 =
    0.985;  // of a page some millimetres too large the edge is cut, not all made smaller
constexpr std::size_t table_window = 64;
constexpr std::size_t mark_window = 1'024;  // where the first and the last mark of a file have to be

const Error broken{Remedy::refuse, "pdf.broken", {}};

// What Poppler has said, in the words of its version 22.12: it has no codes.
struct Complaints {
  bool repaired = false;
  bool undrawn = false;
};

void note_complaint(const std::string& text, void* to) {
  constexpr std::array<std::string_view, 10> of_repair = {"xref",
                                                          "XRef",
                                                          "trailer dictionary",
                                                          "page catalog",
                                                          "page tree",
                                                          "May not be a PDF",
                                                          "End of file",
                                                          "endstream",
                                                          "flate stream",
                                                          "Failed to create page"};
  constexpr std::array<std::string_view, 7> of_gaps = {
      "Couldn't find", "Couldn't create a font",       "Couldn't open",      "Unknown filter",
      "Embedded font", "Unknown character collection", "Bad descendant font"};
  constexpr std::array<std::string_view, 2> of_nothing_on_paper = {"ToUnicode", "group for reference"};
  const auto any_of = [&text](const auto& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
  };
  if (to == nullptr || any_of(of_nothing_on_paper)) return;
  auto& complaints = *static_cast<Complaints*>(to);
  complaints.repaired = complaints.repaired || any_of(of_repair);
  complaints.undrawn = complaints.undrawn || any_of(of_gaps);
}

// Whether the file has its head, its end, and at the place that it names a table of its objects. Poppler
// makes up a table without a word where there is none. Source: ISO 32000-1:2008, 7.5.2, 7.5.4, 7.5.5, 7.5.8,
// with the room for other bytes in front and behind that readers leave.
bool is_whole(ByteView file) {
  const std::string_view head = "%PDF-";
  const ByteView window = file.first(std::min(file.size(), mark_window));
  const auto begins = std::search(window.begin(), window.end(), head.begin(), head.end());
  if (begins == window.end()) return false;
  const std::string end = text_of(file.last(window.size()));
  const std::string_view word = "startxref";
  const std::size_t at = end.rfind(word);
  if (at == std::string::npos || end.find("%%EOF", at) == std::string::npos) return false;
  const std::size_t digits = end.find_first_of("0123456789", at + word.size());
  const std::size_t place = static_cast<std::size_t>(begins - window.begin());
  std::size_t offset = 0;
  for (std::size_t i = digits; i < end.size() && end[i] >= '0' && end[i] <= '9' && offset < file.size();
       ++i) {
    offset = offset * 10 + static_cast<std::size_t>(end[i] - '0');
  }
  const auto is_table = [file](std::size_t from) {
    if (from >= file.size()) return false;
    const std::string text = text_of(file.subspan(from, std::min(file.size() - from, table_window)));
    const std::size_t first = text.find_first_not_of(" \r\n\t");
    if (first == std::string::npos) return false;
    return text.compare(first, 4, "xref") == 0 ||
           (text[first] >= '0' && text[first] <= '9' && text.find(" obj") != std::string::npos);
  };
  return is_table(offset) || is_table(place + offset);
}

// Ordered dither: of 8 x 8 pixels of one grey as many are black as it is dark.
bool is_black(std::uint8_t grey, int x, int y) {
  constexpr std::array<std::uint8_t, 64> order = {
      0,  32, 8,  40, 2,  34, 10, 42, 48, 16, 56, 24, 50, 18, 58, 26, 12, 44, 4,  36, 14, 46,
      6,  38, 60, 28, 52, 20, 62, 30, 54, 22, 3,  35, 11, 43, 1,  33, 9,  41, 51, 19, 59, 27,
      49, 17, 57, 25, 15, 47, 7,  39, 13, 45, 5,  37, 63, 31, 55, 23, 61, 29, 53, 21};
  return grey < order[static_cast<std::size_t>((y & 7) * 8 + (x & 7))] * 4 + 2;
}

struct Placement {
  double dpi = 0;
  int width_px = 0;
  int height_px = 0;
  bool turned = false;
};

Result<Placement> place(const poppler::page& page) {
  const poppler::rectf box = page.page_rect(poppler::crop_box);
  double width = std::fabs(box.width());
  double height = std::fabs(box.height());
  const auto fits = [](double side) { return side >= side_min_pt && side <= side_max_pt; };  // no NaN does
  if (!fits(width) || !fits(height)) return broken;
  const auto orientation = page.orientation();
  if (orientation == poppler::page::landscape || orientation == poppler::page::seascape) {
    std::swap(width, height);
  }
  Placement out;
  out.turned = width > height;
  if (out.turned) std::swap(width, height);
  const double scale = std::min({1.0, a4_width_pt / width, a4_height_pt / height});
  out.dpi = full_dpi * (scale >= nearly_a4 ? 1.0 : scale);
  const auto pixels = [&](double side, int most) {
    return std::clamp(static_cast<int>(std::ceil(side * out.dpi / points_per_inch)), 1, most);
  };
  out.width_px = pixels(width, a4_width_px);
  out.height_px = pixels(height, a4_height_px);
  return out;
}

}  // namespace

struct PageDrawing::Parts {
  Complaints complaints;
  std::unique_ptr<poppler::document> document;
};

PageDrawing::PageDrawing(ByteView file) : parts_(std::make_unique<Parts>()) {
  poppler::set_debug_error_function(note_complaint, &parts_->complaints);
  if (!is_whole(file)) return;
  parts_->document.reset(poppler::document::load_from_raw_data(reinterpret_cast<const char*>(file.data()),
                                                               static_cast<int>(file.size())));
  if (!parts_->document) return;
  if (parts_->document->is_locked()) {
    look_.verdict = Verdict::locked;
    return;
  }
  const int count = parts_->document->pages();
  if (count < 1 || parts_->complaints.repaired) return;
  look_.page_count = static_cast<std::size_t>(count);
  look_.verdict = look_.page_count > pages_max ? Verdict::too_long : Verdict::good;
}

PageDrawing::~PageDrawing() { poppler::set_debug_error_function(note_complaint, nullptr); }

Result<Bytes> PageDrawing::draw(std::size_t number) {
  const std::unique_ptr<poppler::page> page(parts_->document->create_page(static_cast<int>(number)));
  if (!page) return broken;
  const auto placement = place(*page);
  if (!placement) return placement.error();
  poppler::page_renderer renderer;  // without anti-aliasing: letters are black or white
  renderer.set_image_format(poppler::image::format_gray8);
  const poppler::image image =
      renderer.render_page(page.get(), placement->dpi, placement->dpi, 0, 0, placement->width_px,
                           placement->height_px, placement->turned ? poppler::rotate_90 : poppler::rotate_0);
  if (!image.is_valid() || image.width() != placement->width_px || image.height() != placement->height_px) {
    return broken;
  }
  const int left = (a4_width_px - image.width()) / 2;
  const int top = (a4_height_px - image.height()) / 2;
  Bytes rows(page_byte_count, 0);
  for (int y = 0; y < image.height(); ++y) {
    const auto* grey = reinterpret_cast<const std::uint8_t*>(image.const_data()) +
                       static_cast<std::ptrdiff_t>(y) * image.bytes_per_row();
    std::uint8_t* row = rows.data() + static_cast<std::size_t>(top + y) * row_byte_count;
    for (int x = 0; x < image.width(); ++x) {
      const int at = left + x;
      if (is_black(grey[x], at, top + y))
        row[at / 8] = static_cast<std::uint8_t>(row[at / 8] | 0x80 >> at % 8);
    }
  }
  return rows;
}

Verdict PageDrawing::verdict() const {
  if (parts_->complaints.repaired) return Verdict::broken;
  return parts_->complaints.undrawn ? Verdict::incomplete : Verdict::good;
}

}  // namespace bianmin::pdf
