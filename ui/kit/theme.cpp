#include "ui/kit/theme.hpp"

#include <algorithm>
#include <cmath>

namespace bianmin::ui {
namespace {

double linear(std::uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(Colour colour) {
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

constexpr Theme light_theme{.name = ThemeName::light,
                            .ground = rgb(0xF2F5F8),
                            .paper = rgb(0xFFFFFF),
                            .ink = rgb(0x10202F),
                            .soft_ink = rgb(0x3A4B5C),
                            .line = rgb(0x7C8B9A),
                            .primary = rgb(0x0B4A85),
                            .on_primary = rgb(0xFFFFFF),
                            .pressed = rgb(0xC6DCF2),
                            .primary_pressed = rgb(0x062C50),
                            .tint = rgb(0xDCE9F6),
                            .good = rgb(0x075C34),
                            .note_ground = rgb(0xFFF1CC),
                            .stop = rgb(0x8E1B1B)};

constexpr Theme black_theme{.name = ThemeName::black,
                            .ground = rgb(0x000000),
                            .paper = rgb(0x111111),
                            .ink = rgb(0xFFFFFF),
                            .soft_ink = rgb(0xE6E6E6),
                            .line = rgb(0xFFFFFF),
                            .primary = rgb(0xFFD400),
                            .on_primary = rgb(0x000000),
                            .pressed = rgb(0x4A3E00),
                            .primary_pressed = rgb(0xFFF0A0),
                            .tint = rgb(0x2B2B2B),
                            .good = rgb(0x7CFFB2),
                            .note_ground = rgb(0x3A2E00),
                            .stop = rgb(0xFF9E9E)};

}  // namespace

double contrast_ratio(Colour one, Colour other) {
  const double a = luminance(one);
  const double b = luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Theme theme(ThemeName name) {
  switch (name) {
    case ThemeName::light:
      return light_theme;
    case ThemeName::black:
      return black_theme;
  }
  return light_theme;
}

}  // namespace bianmin::ui
