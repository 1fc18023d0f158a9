// Whole pixels of the canvas; the origin is the top left corner.
#pragma once

#include <algorithm>
#include <vector>

namespace bianmin::ui {

struct Point {
  int x = 0;
  int y = 0;
  bool operator==(const Point&) const = default;
};

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool operator==(const Rect&) const = default;
  bool empty() const { return width <= 0 || height <= 0; }
  int right() const { return x + width; }
  int bottom() const { return y + height; }
  bool contains(Point point) const {
    return point.x >= x && point.y >= y && point.x < right() && point.y < bottom();
  }
  bool contains(const Rect& other) const {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
  }
  bool intersects(const Rect& other) const {
    return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
  }
  Rect intersected(const Rect& other) const {
    const int left = std::max(x, other.x);
    const int top = std::max(y, other.y);
    return {left, top, std::max(0, std::min(right(), other.right()) - left),
            std::max(0, std::min(bottom(), other.bottom()) - top)};
  }
  Rect united(const Rect& other) const {
    if (empty()) return other;
    if (other.empty()) return *this;
    const int left = std::min(x, other.x);
    const int top = std::min(y, other.y);
    return {left, top, std::max(right(), other.right()) - left, std::max(bottom(), other.bottom()) - top};
  }
  Rect inset(int by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
  Rect inset(int by_x, int by_y) const { return {x + by_x, y + by_y, width - 2 * by_x, height - 2 * by_y}; }
};

// Areas of the canvas that changed; kept few and without overlaps, so that nothing is drawn twice.
class Damage {
 public:
  static constexpr std::size_t rect_count_max = 8;

  void add(const Rect& rect);
  const std::vector<Rect>& rects() const { return rects_; }
  bool empty() const { return rects_.empty(); }

 private:
  std::vector<Rect> rects_;
};

}  // namespace bianmin::ui
