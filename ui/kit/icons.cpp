#include "ui/kit/icons.hpp"

#include <cairo.h>

#include <map>

#include "terminal/base/files.hpp"
#include "ui/kit/outline.hpp"

namespace bianmin::ui {
namespace {

struct RasterDeleter {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using RasterPtr = std::unique_ptr<cairo_surface_t, RasterDeleter>;

Result<std::vector<OutlineSegment>> load(const std::filesystem::path& file) {
  const Result<Bytes> bytes = read_file(file, outline_byte_max);
  if (!bytes) return bytes.error();
  return parse_outline({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

void trace(cairo_t* cairo, const OutlineSegment& segment) {
  const auto& [kind, one, two, end] = segment;
  switch (kind) {
    case OutlineSegment::Kind::move:
      cairo_move_to(cairo, end.x, end.y);
      break;
    case OutlineSegment::Kind::line:
      cairo_line_to(cairo, end.x, end.y);
      break;
    case OutlineSegment::Kind::curve:
      cairo_curve_to(cairo, one.x, one.y, two.x, two.y, end.x, end.y);
      break;
    case OutlineSegment::Kind::close:
      cairo_close_path(cairo);
      break;
  }
}

// Only its alpha counts: the colour comes at drawing time.
RasterPtr rasterise(const std::filesystem::path& file, int side_px) {
  RasterPtr surface(cairo_image_surface_create(CAIRO_FORMAT_A8, side_px, side_px));
  const Result<std::vector<OutlineSegment>> outline = load(file);
  if (!outline) return surface;
  cairo_t* cairo = cairo_create(surface.get());
  cairo_scale(cairo, side_px / outline_box, side_px / outline_box);
  cairo_set_line_width(cairo, outline_pen);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  for (const OutlineSegment& segment : *outline) trace(cairo, segment);
  cairo_stroke(cairo);
  cairo_destroy(cairo);
  return surface;
}

}  // namespace

struct Icons::State {
  std::filesystem::path folder;
  std::map<std::pair<std::string, int>, RasterPtr> rasters;

  std::filesystem::path file(const std::string& name) const { return folder / (name + ".svg"); }
};

Icons::Icons(std::filesystem::path folder) : state_(std::make_unique<State>()) {
  state_->folder = std::move(folder);
}
Icons::~Icons() = default;

bool Icons::has(const std::string& name) const { return load(state_->file(name)).ok(); }

void Icons::draw(Canvas& canvas, const std::string& name, const Rect& bounds, int side_px, Colour colour) {
  RasterPtr& raster = state_->rasters[{name, side_px}];
  if (raster == nullptr) raster = rasterise(state_->file(name), side_px);
  auto* cairo = static_cast<cairo_t*>(canvas.context());
  const int x = bounds.x + (bounds.width - side_px) / 2;
  const int y = bounds.y + (bounds.height - side_px) / 2;
  cairo_set_source_rgba(cairo, colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0,
                        colour.alpha / 255.0);
  cairo_mask_surface(cairo, raster.get(), x, y);
}

}  // namespace bianmin::ui
