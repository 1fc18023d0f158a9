#include "ui/sheet/sheet_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bianmin::ui {

namespace {

// In 1/300 inch: 12 points are 50 units, 20 mm are 236.
constexpr int margin = 236;
constexpr int width = a4_paper.width - 2 * margin;
constexpr int footer_top = a4_paper.height - 250;
constexpr int body_bottom = footer_top - 60;
constexpr int title_em = 92;
constexpr int text_em = 60;   // 14 points: many who read it are old
constexpr int small_em = 50;  // 12 points
constexpr int gap = 40;
constexpr int cell_pad = 22;
constexpr int label_width = 560;
constexpr int line_width = 3;
constexpr int code_side_max = 420;  // 35 mm

class Layout {
 public:
  explicit Layout(Typesetter& typesetter) : typesetter_(typesetter) { pages_.emplace_back(); }

  void head(const Sheet& sheet) {
    if (!sheet.site.empty()) paragraph({sheet.site, small_em, false, Align::center});
    if (!sheet.title.empty()) paragraph({sheet.title, title_em, true, Align::center});
    rule(margin, y_, width);
    y_ += 2 * gap;
  }
  void paragraphs(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) paragraph({text, text_em});
  }
  void table(const std::vector<SheetRow>& rows) {
    for (const SheetRow& row : rows) {
      const TextSpec label{row.label, text_em, true};
      const TextSpec value{row.value, text_em};
      const int value_width = width - label_width - 3 * cell_pad;
      const int height = std::max(typesetter_.height(label, label_width - cell_pad),
                                  typesetter_.height(value, value_width)) +
                         2 * cell_pad;
      if (make_room(height) || !in_table_) rule(margin, y_, width);
      in_table_ = true;
      put(label, {margin + cell_pad, y_ + cell_pad, label_width - cell_pad, height - 2 * cell_pad});
      put(value, {margin + label_width + 2 * cell_pad, y_ + cell_pad, value_width, height - 2 * cell_pad});
      pages_.back().emplace_back(std::vector<Rect>{{margin, y_, line_width, height},
                                                   {margin + label_width, y_, line_width, height},
                                                   {margin + width - line_width, y_, line_width, height}});
      y_ += height;
      rule(margin, y_, width);
    }
    if (!rows.empty()) y_ += gap;
  }
  bool code(const SheetCode& code) {
    const auto side = static_cast<std::size_t>(std::max(code.side, 0));
    if (side == 0 || code.modules.size() != side * side || code.side > code_side_max) return false;
    const int module = code_side_max / code.side;
    const int whole = module * code.side;
    const TextSpec caption{code.caption, small_em};
    const int caption_width = width - whole - gap;
    make_room(std::max(whole, typesetter_.height(caption, caption_width)));
    std::vector<Rect> dark;
    for (int row = 0; row < code.side; ++row) {
      for (int column = 0; column < code.side;) {
        const auto is_dark = [&](int at) {
          return at < code.side &&
                 code.modules[static_cast<std::size_t>(row) * side + static_cast<std::size_t>(at)] != 0;
        };
        int end = column;
        while (is_dark(end)) ++end;
        if (end > column)
          dark.push_back({margin + column * module, y_ + row * module, (end - column) * module, module});
        column = end + 1;
      }
    }
    pages_.back().emplace_back(std::move(dark));
    const int height = typesetter_.height(caption, caption_width);
    put(caption, {margin + whole + gap, y_ + std::max(0, (whole - height) / 2), caption_width, height});
    y_ += whole + gap;
    return true;
  }
  void feet(const std::string& footer) {
    for (std::size_t i = 0; i < pages_.size(); ++i) {
      const TextSpec number{fmt::format("{} / {}", i + 1, pages_.size()), small_em};
      const int number_width = typesetter_.natural_width(number) + 1;
      SheetPage& page = pages_[i];
      page.emplace_back(std::vector<Rect>{{margin, footer_top, width, line_width}});
      page.emplace_back(
          SheetText{number, {margin + width - number_width, footer_top + gap / 2, number_width, 60}});
      if (footer.empty()) continue;
      TextSpec words{footer, small_em};
      words.max_lines = 2;
      page.emplace_back(SheetText{words, {margin, footer_top + gap / 2, width - number_width - gap, 120}});
    }
  }

  bool fits() const { return !too_tall_ && pages_.size() <= sheet_pages_max; }
  std::vector<SheetPage> take() { return std::move(pages_); }

 private:
  // True: a page was begun for it.
  bool make_room(int height) {
    if (height > body_bottom - margin) too_tall_ = true;
    if (y_ + height <= body_bottom) return false;
    pages_.emplace_back();
    y_ = margin;
    return true;
  }
  void paragraph(const TextSpec& spec) {
    if (spec.text.empty()) return;
    const int height = typesetter_.height(spec, width);
    make_room(height);
    put(spec, {margin, y_, width, height});
    y_ += height + gap;
  }
  void put(const TextSpec& spec, const Rect& bounds) { pages_.back().emplace_back(SheetText{spec, bounds}); }
  void rule(int x, int y, int length) {
    pages_.back().emplace_back(std::vector<Rect>{{x, y, length, line_width}});
  }

  Typesetter& typesetter_;
  std::vector<SheetPage> pages_;
  int y_ = margin;
  bool in_table_ = false;
  bool too_tall_ = false;
};

}  // namespace

Result<std::vector<SheetPage>> lay_out_sheet(Typesetter& typesetter, const Sheet& sheet) {
  Layout layout(typesetter);
  layout.head(sheet);
  layout.paragraphs(sheet.paragraphs);
  layout.table(sheet.rows);
  layout.paragraphs(sheet.closing);
  if (sheet.code && !layout.code(*sheet.code))
    return Error{Remedy::refuse, "sheet.bad_code", "its modules are no square that fits"};
  layout.feet(sheet.footer);
  if (!layout.fits()) return Error{Remedy::refuse, "sheet.too_long", "more than its pages hold"};
  return layout.take();
}

void draw_sheet_page(Typesetter& typesetter, Paper& paper, const SheetPage& page) {
  for (const SheetItem& item : page) {
    if (const auto* shapes = std::get_if<std::vector<Rect>>(&item)) {
      paper.fill(*shapes);
    } else if (const auto* text = std::get_if<SheetText>(&item); text != nullptr) {
      // Ink may stand a little outside of a line's own height.
      const Rect& box = text->bounds;
      if (paper.shows({box.x, box.y - box.height / 2 - text_em, box.width, 2 * box.height + 2 * text_em}))
        typesetter.draw(paper, text->spec, box);
    }
  }
}

}  // namespace bianmin::ui
