#include "ui/kit/paper.hpp"

#include <cairo-pdf.h>
#include <cairo.h>

#include "terminal/base/secret.hpp"

namespace bianmin::ui {

namespace {

constexpr double points_per_unit = 72.0 / 300.0;

}  // namespace

struct Paper::State {
  ~State() {
    if (cairo != nullptr) cairo_destroy(cairo);
    if (surface != nullptr) cairo_surface_destroy(surface);
    wipe(pixels.data(), pixels.size());
    wipe(file.data(), file.size());
  }

  static cairo_status_t write(void* self, const unsigned char* bytes, unsigned count) {
    append(static_cast<State*>(self)->file, ByteView(bytes, count));
    return CAIRO_STATUS_SUCCESS;
  }

  void begin(cairo_surface_t* made) {
    surface = made;
    cairo = cairo_create(surface);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
    cairo_set_source_rgb(cairo, 0, 0, 0);
  }

  Rect visible;
  int stride = 0;
  Bytes pixels;  // of a band: how much ink, row by row
  Bytes file;
  cairo_surface_t* surface = nullptr;
  cairo_t* cairo = nullptr;
};

Paper::Paper(std::unique_ptr<State> state) : state_(std::move(state)) {}
Paper::~Paper() = default;
Paper::Paper(Paper&&) noexcept = default;
Paper& Paper::operator=(Paper&&) noexcept = default;

Paper Paper::band(Size page, int first_row, int row_count) {
  auto state = std::make_unique<State>();
  state->visible = {0, first_row, page.width, row_count};
  state->stride = cairo_format_stride_for_width(CAIRO_FORMAT_A8, page.width);
  state->pixels.assign(static_cast<std::size_t>(state->stride) * static_cast<std::size_t>(row_count), 0);
  state->begin(cairo_image_surface_create_for_data(state->pixels.data(), CAIRO_FORMAT_A8, page.width,
                                                   row_count, state->stride));
  cairo_translate(state->cairo, 0, -first_row);
  return Paper(std::move(state));
}

Paper Paper::pdf(Size page, const std::string& created) {
  auto state = std::make_unique<State>();
  state->visible = {0, 0, page.width, page.height};
  cairo_surface_t* made = cairo_pdf_surface_create_for_stream(
      State::write, state.get(), page.width * points_per_unit, page.height * points_per_unit);
  cairo_pdf_surface_restrict_to_version(made, CAIRO_PDF_VERSION_1_4);
  cairo_pdf_surface_set_metadata(made, CAIRO_PDF_METADATA_CREATE_DATE, created.c_str());
  state->begin(made);
  cairo_scale(state->cairo, points_per_unit, points_per_unit);
  return Paper(std::move(state));
}

bool Paper::shows(const Rect& rect) const { return state_->visible.intersects(rect); }

void Paper::fill(const std::vector<Rect>& shapes) {
  for (const Rect& shape : shapes) {
    if (shows(shape)) cairo_rectangle(state_->cairo, shape.x, shape.y, shape.width, shape.height);
  }
  cairo_fill(state_->cairo);
}

void Paper::end_page() { cairo_show_page(state_->cairo); }

Bytes Paper::take_grey() {
  cairo_surface_finish(state_->surface);
  Bytes grey;
  grey.reserve(state_->pixels.size());
  const auto width = static_cast<std::size_t>(state_->visible.width);
  for (std::size_t row = 0; row < state_->pixels.size(); row += static_cast<std::size_t>(state_->stride)) {
    for (std::size_t x = 0; x < width; ++x)
      grey.push_back(static_cast<std::uint8_t>(0xFF - state_->pixels[row + x]));
  }
  return grey;
}

Result<Bytes> Paper::take_pdf() {
  cairo_surface_finish(state_->surface);
  const cairo_status_t status = cairo_surface_status(state_->surface);
  if (status != CAIRO_STATUS_SUCCESS)
    return Error{Remedy::call_staff, "paper.unwritable", cairo_status_to_string(status)};
  return std::move(state_->file);
}

void* Paper::context() const { return state_->cairo; }

}  // namespace bianmin::ui
