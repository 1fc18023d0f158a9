// Puts a canvas on a display.
#pragma once

#include <vector>

#include "ui/kit/canvas.hpp"

namespace bianmin::ui {

// Thread-bound. Implementations: SdlPresenter, OffscreenPresenter.
class Presenter {
 public:
  virtual ~Presenter() = default;
  // Shows the areas `damage` of the canvas; the rest of the display stays. Blocks for the copying only.
  virtual void present(const Canvas& canvas, const std::vector<Rect>& damage) = 0;
};

}  // namespace bianmin::ui
