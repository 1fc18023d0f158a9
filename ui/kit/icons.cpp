#include "ui/kit/icons.hpp"

#include <cairo.h>
#include <librsvg/rsvg.h>

#include <map>

namespace bianmin::ui {
namespace {

struct SurfaceDeleter {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using SurfacePtr = std::unique_ptr<cairo_surface_t, SurfaceDeleter>;

// Only its alpha counts: the colour comes at drawing time.
SurfacePtr rasterise(const std::filesystem::path& file, int side_px) {
  SurfacePtr surface(cairo_image_surface_create(CAIRO_FORMAT_A8, side_px, side_px));
  RsvgHandle* svg = rsvg_handle_new_from_file(file.c_str(), nullptr);
  if (svg == nullptr) return surface;
  cairo_t* cairo = cairo_create(surface.get());
  const RsvgRectangle viewport{0, 0, double(side_px), double(side_px)};
  rsvg_handle_render_document(svg, cairo, &viewport, nullptr);
  cairo_destroy(cairo);
  g_object_unref(svg);
  return surface;
}

}  // namespace

struct Icons::State {
  std::filesystem::path folder;
  std::map<std::pair<std::string, int>, SurfacePtr> rasters;

  std::filesystem::path file(const std::string& name) const { return folder / (name + ".svg"); }
};

Icons::Icons(std::filesystem::path folder) : state_(std::make_unique<State>()) {
  state_->folder = std::move(folder);
}
Icons::~Icons() = default;

bool Icons::has(const std::string& name) const {
  std::error_code ignored;
  return std::filesystem::is_regular_file(state_->file(name), ignored);
}

void Icons::draw(Canvas& canvas, const std::string& name, const Rect& bounds, int side_px, Colour colour) {
  SurfacePtr& raster = state_->rasters[{name, side_px}];
  if (raster == nullptr) raster = rasterise(state_->file(name), side_px);
  auto* cairo = static_cast<cairo_t*>(canvas.context());
  cairo_set_source_rgba(cairo, colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0,
                        colour.alpha / 255.0);
  cairo_mask_surface(cairo, raster.get(), bounds.x + (bounds.width - side_px) / 2,
                     bounds.y + (bounds.height - side_px) / 2);
}

}  // namespace bianmin::ui
