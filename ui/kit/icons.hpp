// Pictures by name, drawn from SVG files in one colour. The only librsvg of the project.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ui/kit/canvas.hpp"

namespace bianmin::ui {

// Thread-bound. Each picture is read and rasterised once per size.
class Icons {
 public:
  // `folder` holds NAME.svg. Nothing is read before it is drawn.
  explicit Icons(std::filesystem::path folder);
  ~Icons();
  Icons(const Icons&) = delete;
  Icons& operator=(const Icons&) = delete;

  bool has(const std::string& name) const;
  // Centred in `bounds`, `side_px` square. A name without a file draws nothing.
  void draw(Canvas& canvas, const std::string& name, const Rect& bounds, int side_px, Colour colour);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bianmin::ui
