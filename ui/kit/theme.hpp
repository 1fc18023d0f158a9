// Colours by meaning. Text on its ground has at least 7:1, borders and pictures at least 3:1; a test computes
// it.
#pragma once

#include <cstdint>
#include <string_view>

namespace bianmin::ui {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t alpha = 0;  // 0: nothing is drawn
  bool operator==(const Colour&) const = default;
};

constexpr Colour rgb(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
          static_cast<std::uint8_t>(value), 255};
}

// WCAG 2 contrast ratio of two opaque colours, 1..21.
double contrast_ratio(Colour one, Colour other);

enum class ThemeName { light, black };  // the resident's choice; more can follow, see theme()

struct Theme {
  ThemeName name = ThemeName::light;
  Colour ground;      // behind everything
  Colour paper;       // cards and bars
  Colour ink;         // text
  Colour soft_ink;    // second line of text
  Colour line;        // borders
  Colour primary;     // the one action that goes on, and pictures
  Colour on_primary;  // text on it
  Colour pressed;     // paper under a finger
  Colour primary_pressed;
  Colour tint;         // behind pictures
  Colour good;         // done (text and pictures)
  Colour note_ground;  // behind a remark; its text is `ink`
  Colour stop;         // something is not so (text and pictures)
};

Theme theme(ThemeName name);

}  // namespace bianmin::ui
