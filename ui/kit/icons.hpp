// Pictures by name, drawn from outline files (outline.hpp) in one colour.
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

  bool has(const std::string& name) const;  // there is a file and it can be drawn; reads it
  // Centred in `bounds`, `side_px` square. A picture that is missing or broken draws nothing.
  void draw(Canvas& canvas, const std::string& name, const Rect& bounds, int side_px, Colour colour);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bianmin::ui
