#include "ui/kit/typesetter.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "ui/kit/line_breaks.hpp"

namespace bianmin::ui {
namespace {

// Noto's Chinese face has its own Latin letters and digits; Noto Sans and HanaMinB fill what it lacks.
constexpr const char* family = "Noto Sans CJK SC, Noto Sans, HanaMinB";
constexpr const char* fixed_family = "Noto Sans Mono CJK SC, Noto Sans, HanaMinB";
constexpr double font_dpi = 96.0;
constexpr int unbroken = -1;

using LayoutKey = std::tuple<std::string, int, bool, Align, int, bool, int>;

struct LayoutDeleter {
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
};
using LayoutPtr = std::unique_ptr<PangoLayout, LayoutDeleter>;

}  // namespace

struct Typesetter::State {
  State() : font_map(pango_cairo_font_map_new()), context(pango_font_map_create_context(font_map)) {
    pango_cairo_context_set_resolution(context, font_dpi);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
  }
  ~State() {
    layouts.clear();
    g_object_unref(context);
    g_object_unref(font_map);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  PangoLayout* layout(const TextSpec& spec, int width_px) {
    const LayoutKey key{spec.text,      spec.em_px,       spec.bold, spec.align,
                        spec.max_lines, spec.fixed_pitch, width_px};
    if (const auto found = layouts.find(key); found != layouts.end()) return found->second.get();
    if (layouts.size() >= cached_count_max) layouts.clear();
    PangoLayout* made = pango_layout_new(context);
    PangoFontDescription* font = pango_font_description_new();
    pango_font_description_set_family_static(font, spec.fixed_pitch ? fixed_family : family);
    pango_font_description_set_weight(font, spec.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, spec.em_px * double{PANGO_SCALE});
    pango_layout_set_font_description(made, font);
    pango_font_description_free(font);
    pango_layout_set_text(made, spec.text.data(), static_cast<int>(spec.text.size()));
    pango_layout_set_wrap(made, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(made, spec.align == Align::center ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    layouts.emplace(key, LayoutPtr(made));
    if (width_px == unbroken) return made;
    pango_layout_set_width(made, width_px * PANGO_SCALE);
    const int lines = pango_layout_get_line_count(made);
    if (spec.max_lines > 0 && lines > spec.max_lines) {
      pango_layout_set_ellipsize(made, PANGO_ELLIPSIZE_END);
      pango_layout_set_height(made, -spec.max_lines);
    } else if (lines > 1) {
      set_calm_lines(made, spec.text, width_px);
    }
    return made;
  }

  static void set_text(PangoLayout* layout, std::string_view text) {
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  }

  static int lines_at(PangoLayout* layout, int width_px) {
    pango_layout_set_width(layout, width_px * PANGO_SCALE);
    return pango_layout_get_line_count(layout);
  }

  static int width_of(PangoLayout* layout, std::string_view text) {
    set_text(layout, text);
    PangoRectangle logical;
    pango_layout_get_extents(layout, nullptr, &logical);
    return PANGO_PIXELS_CEIL(logical.width);
  }

  // Breaks each paragraph that needs several lines at good places, into no more lines than before.
  static void set_calm_lines(PangoLayout* layout, std::string_view text, int width_px) {
    std::string calm;
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      if (start > 0) calm += '\n';
      calm += calm_paragraph(layout, text.substr(start, end - start), width_px);
      start = end + 1;
    }
    pango_layout_set_width(layout, width_px * PANGO_SCALE);
    set_text(layout, calm);
  }

  static std::string calm_paragraph(PangoLayout* layout, std::string_view text, int width_px) {
    set_text(layout, text);
    const int lines = lines_at(layout, width_px);
    if (lines < 2) return std::string(text);
    pango_layout_set_width(layout, unbroken);
    const std::string phrases = lines_of_phrases(
        text, lines, width_px, [layout](std::string_view phrase) { return width_of(layout, phrase); });
    return phrases.empty() ? even_lines(layout, text, lines, width_px) : phrases;
  }

  // The narrowest width that needs no more lines gives lines of about one length.
  static std::string even_lines(PangoLayout* layout, std::string_view text, int lines, int width_px) {
    constexpr int close_enough_px = 4;
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    set_text(layout, text);
    int narrow = 0;
    int wide = width_px;
    while (wide - narrow > close_enough_px) {
      const int middle = (narrow + wide) / 2;
      (lines_at(layout, middle) > lines ? narrow : wide) = middle;
    }
    std::string broken;
    if (lines_at(layout, wide) <= lines) {
      for (GSList* each = pango_layout_get_lines_readonly(layout); each != nullptr; each = each->next) {
        const auto* line = static_cast<const PangoLayoutLine*>(each->data);
        if (!broken.empty()) broken += '\n';
        broken += without_last_space(
            text.substr(static_cast<std::size_t>(line->start_index), static_cast<std::size_t>(line->length)));
      }
    }
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    return broken.empty() ? std::string(text) : broken;
  }

  PangoFontMap* font_map;
  PangoContext* context;
  std::map<LayoutKey, LayoutPtr> layouts;
};

Typesetter::Typesetter() : state_(std::make_unique<State>()) {}
Typesetter::~Typesetter() = default;

int Typesetter::natural_width(const TextSpec& spec) {
  PangoRectangle logical;
  pango_layout_get_extents(state_->layout(spec, unbroken), nullptr, &logical);
  return PANGO_PIXELS_CEIL(logical.width);
}

int Typesetter::height(const TextSpec& spec, int width_px) {
  PangoRectangle logical;
  pango_layout_get_extents(state_->layout(spec, width_px), nullptr, &logical);
  return PANGO_PIXELS_CEIL(logical.height);
}

Rect Typesetter::ink(const TextSpec& spec, const Rect& bounds) {
  PangoRectangle ink;
  pango_layout_get_pixel_extents(state_->layout(spec, bounds.width), &ink, nullptr);
  return {bounds.x + ink.x, bounds.y + ink.y, ink.width, ink.height};
}

void Typesetter::draw(Canvas& canvas, const TextSpec& spec, const Rect& bounds, Colour colour) {
  auto* cairo = static_cast<cairo_t*>(canvas.context());
  cairo_set_source_rgba(cairo, colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0,
                        colour.alpha / 255.0);
  cairo_move_to(cairo, bounds.x, bounds.y);
  pango_cairo_show_layout(cairo, state_->layout(spec, bounds.width));
  cairo_new_path(cairo);
}

void Typesetter::draw(Paper& paper, const TextSpec& spec, const Rect& bounds) {
  auto* cairo = static_cast<cairo_t*>(paper.context());
  cairo_move_to(cairo, bounds.x, bounds.y);
  pango_cairo_show_layout(cairo, state_->layout(spec, bounds.width));
  cairo_new_path(cairo);
}

void Typesetter::forget() { state_->layouts.clear(); }

}  // namespace bianmin::ui
