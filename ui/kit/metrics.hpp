// From millimetres and text steps to pixels of this screen.
#pragma once

#include <cmath>

#include "ui/kit/geometry.hpp"

namespace bianmin::ui {

enum class TextSize { medium, large, extra_large };  // body 7.9, 10.4, 13.9 mm; large is the default

constexpr double default_ppi = 102.5;  // 21.5" at 1920x1080

struct Metrics {
  Size canvas{1080, 1920};
  TextSize text_size = TextSize::large;
  double ppi = default_ppi;

  static constexpr double body_large_units = 42;
  static constexpr double mm_per_unit = 0.248;  // the grid of the design: one pixel of a 21.5" screen

  bool landscape() const { return canvas.width > canvas.height; }
  // The tightest case: little height and the largest text. Pages arrange themselves differently then.
  bool tight() const { return landscape() && text_size == TextSize::extra_large; }
  int mm(double millimetres) const { return static_cast<int>(std::lround(millimetres * ppi / 25.4)); }
  int units(double count) const { return mm(count * mm_per_unit); }
  // An em for text that is `large_units` high at the size `large`. The resident's choice moves all text by
  // the steps of the body, so that headings stay larger than it without filling the page.
  int text(double large_units) const { return units(large_units + body_step_units()); }
  double body_step_units() const {
    switch (text_size) {
      case TextSize::medium:
        return 32 - body_large_units;
      case TextSize::large:
        return 0;
      case TextSize::extra_large:
        return 56 - body_large_units;
    }
    return 0;
  }
};

}  // namespace bianmin::ui
