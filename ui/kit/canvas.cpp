#include "ui/kit/canvas.hpp"

#include <cairo.h>

#include <cstring>
#include <numbers>

namespace bianmin::ui {

struct Canvas::State {
  explicit State(cairo_surface_t* taken) : surface(taken), cairo(cairo_create(taken)) {
    // Without a hint of the machine's settings the same page has the same pixels everywhere.
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
  }
  ~State() {
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  cairo_surface_t* surface;
  cairo_t* cairo;
};

namespace {

void set_colour(cairo_t* cairo, Colour colour) {
  cairo_set_source_rgba(cairo, colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0,
                        colour.alpha / 255.0);
}

void trace_box(cairo_t* cairo, double x, double y, double width, double height, double radius) {
  constexpr double quarter = std::numbers::pi / 2;
  cairo_new_path(cairo);
  if (radius <= 0) {
    cairo_rectangle(cairo, x, y, width, height);
    return;
  }
  cairo_arc(cairo, x + width - radius, y + radius, radius, -quarter, 0);
  cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, quarter);
  cairo_arc(cairo, x + radius, y + height - radius, radius, quarter, 2 * quarter);
  cairo_arc(cairo, x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
  cairo_close_path(cairo);
}

}  // namespace

Canvas::Canvas(Size size)
    : state_(
          std::make_unique<State>(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size.width, size.height))) {
}
Canvas::Canvas(std::unique_ptr<State> state) : state_(std::move(state)) {}
Canvas::~Canvas() = default;
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;

Result<Canvas> Canvas::read_png(const std::filesystem::path& path) {
  cairo_surface_t* loaded = cairo_image_surface_create_from_png(path.c_str());
  if (cairo_surface_status(loaded) != CAIRO_STATUS_SUCCESS) {
    const Error error{Remedy::refuse, "canvas.unreadable",
                      path.string() + ": " + cairo_status_to_string(cairo_surface_status(loaded))};
    cairo_surface_destroy(loaded);
    return error;
  }
  Canvas canvas(Size{cairo_image_surface_get_width(loaded), cairo_image_surface_get_height(loaded)});
  auto* cairo = static_cast<cairo_t*>(canvas.context());
  cairo_set_source_surface(cairo, loaded, 0, 0);
  cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
  cairo_paint(cairo);
  cairo_set_operator(cairo, CAIRO_OPERATOR_OVER);
  cairo_surface_destroy(loaded);
  return canvas;
}

Result<void> Canvas::write_png(const std::filesystem::path& path) const {
  cairo_surface_flush(state_->surface);
  // The screen is opaque: the same pixels as a picture without alpha are smaller on disk.
  cairo_surface_t* opaque =
      cairo_image_surface_create_for_data(cairo_image_surface_get_data(state_->surface), CAIRO_FORMAT_RGB24,
                                          size().width, size().height, stride_bytes());
  const cairo_status_t status = cairo_surface_write_to_png(opaque, path.c_str());
  cairo_surface_destroy(opaque);
  if (status == CAIRO_STATUS_SUCCESS) return {};
  return Error{Remedy::call_staff, "canvas.unwritable",
               path.string() + ": " + cairo_status_to_string(status)};
}

Size Canvas::size() const {
  return {cairo_image_surface_get_width(state_->surface), cairo_image_surface_get_height(state_->surface)};
}
int Canvas::stride_bytes() const { return cairo_image_surface_get_stride(state_->surface); }

const std::uint8_t* Canvas::bytes() const {
  cairo_surface_flush(state_->surface);
  return cairo_image_surface_get_data(state_->surface);
}

std::ptrdiff_t Canvas::offset(int x, int y) const {
  return std::ptrdiff_t{y} * stride_bytes() + std::ptrdiff_t{x} * 4;
}

std::uint32_t Canvas::pixel(int x, int y) const {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes() + offset(x, y), sizeof value);
  return value;
}

void Canvas::set_pixel(int x, int y, std::uint32_t value) {
  cairo_surface_flush(state_->surface);
  std::memcpy(cairo_image_surface_get_data(state_->surface) + offset(x, y), &value, sizeof value);
  cairo_surface_mark_dirty_rectangle(state_->surface, x, y, 1, 1);
}

void Canvas::push_clip(const Rect& rect) {
  cairo_save(state_->cairo);
  cairo_rectangle(state_->cairo, rect.x, rect.y, rect.width, rect.height);
  cairo_clip(state_->cairo);
}

void Canvas::pop_clip() { cairo_restore(state_->cairo); }

void Canvas::fill(const Rect& rect, Colour colour) {
  if (colour.alpha == 0 || rect.empty()) return;
  set_colour(state_->cairo, colour);
  cairo_rectangle(state_->cairo, rect.x, rect.y, rect.width, rect.height);
  cairo_fill(state_->cairo);
}

void Canvas::box(const Rect& rect, int radius, Colour fill, Colour border, int border_width) {
  if (rect.empty()) return;
  cairo_t* cairo = state_->cairo;
  const double half = border_width / 2.0;
  const double inner_radius = std::max(0.0, radius - half);
  trace_box(cairo, rect.x + half, rect.y + half, rect.width - border_width, rect.height - border_width,
            inner_radius);
  if (fill.alpha != 0) {
    set_colour(cairo, fill);
    cairo_fill_preserve(cairo);
  }
  if (border.alpha != 0 && border_width > 0) {
    set_colour(cairo, border);
    cairo_set_line_width(cairo, border_width);
    cairo_stroke_preserve(cairo);
  }
  cairo_new_path(cairo);
}

void Canvas::picture(const Rect& rect, const Pixels& pixels) {
  if (!pixels.whole() || rect.empty()) return;
  auto copy = pixels.values;  // cairo wants to be allowed to write
  cairo_surface_t* surface = cairo_image_surface_create_for_data(
      reinterpret_cast<unsigned char*>(copy.data()), CAIRO_FORMAT_RGB24, pixels.size.width,
      pixels.size.height, cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, pixels.size.width));
  cairo_t* cairo = state_->cairo;
  cairo_save(cairo);
  cairo_rectangle(cairo, rect.x, rect.y, rect.width, rect.height);
  cairo_clip(cairo);
  cairo_translate(cairo, rect.x, rect.y);
  cairo_scale(cairo, double(rect.width) / pixels.size.width, double(rect.height) / pixels.size.height);
  cairo_set_source_surface(cairo, surface, 0, 0);
  cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
  cairo_paint(cairo);
  cairo_restore(cairo);
  cairo_surface_finish(surface);  // nothing of it is kept once `copy` is wiped
  cairo_surface_destroy(surface);
}

void Canvas::wipe() {
  cairo_surface_flush(state_->surface);
  std::memset(cairo_image_surface_get_data(state_->surface), 0,
              static_cast<std::size_t>(stride_bytes()) * static_cast<std::size_t>(size().height));
  cairo_surface_mark_dirty(state_->surface);
}

void* Canvas::context() const { return state_->cairo; }

}  // namespace bianmin::ui
