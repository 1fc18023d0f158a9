// A plain 32-bit picture in memory that pages are drawn into; presenters put it on a display.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "terminal/base/result.hpp"
#include "ui/kit/geometry.hpp"
#include "ui/kit/pixels.hpp"
#include "ui/kit/theme.hpp"

namespace bianmin::ui {

// Thread-bound. Pixels are 0xAARRGGBB in the byte order of the machine, colour premultiplied by alpha.
class Canvas {
 public:
  explicit Canvas(Size size);
  ~Canvas();
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;

  // Errors: "canvas.unreadable".
  static Result<Canvas> read_png(const std::filesystem::path& path);
  // Error "canvas.unwritable". Blocks for the compression and the disk.
  Result<void> write_png(const std::filesystem::path& path) const;

  Size size() const;
  int stride_bytes() const;
  const std::uint8_t* bytes() const;        // valid as long as the canvas; row by row
  std::uint32_t pixel(int x, int y) const;  // inside the size
  void set_pixel(int x, int y, std::uint32_t value);

  // Until the matching pop_clip() nothing outside `rect` changes.
  void push_clip(const Rect& rect);
  void pop_clip();
  void fill(const Rect& rect, Colour colour);
  // A box with round corners; its border lies inside `rect`.
  void box(const Rect& rect, int radius, Colour fill, Colour border, int border_width);
  // Stretched to `rect`; one that is not whole is left out.
  void picture(const Rect& rect, const Pixels& pixels);
  void wipe();  // every pixel to zero

  void* context() const;  // the cairo_t, for the drawing classes of this folder

 private:
  struct State;
  std::ptrdiff_t offset(int x, int y) const;
  explicit Canvas(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bianmin::ui
