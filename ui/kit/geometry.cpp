#include "ui/kit/geometry.hpp"

namespace bianmin::ui {

void Damage::add(const Rect& rect) {
  if (rect.empty()) return;
  Rect grown = rect;
  for (std::size_t i = 0; i < rects_.size();) {
    if (rects_[i].intersects(grown)) {
      grown = grown.united(rects_[i]);
      rects_.erase(rects_.begin() + static_cast<std::ptrdiff_t>(i));
      i = 0;
    } else {
      ++i;
    }
  }
  rects_.push_back(grown);
  if (rects_.size() <= rect_count_max) return;
  Rect all;
  for (const Rect& each : rects_) all = all.united(each);
  rects_ = {all};
}

}  // namespace bianmin::ui
