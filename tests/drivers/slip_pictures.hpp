// Pictures of slips as a camera gets them: drawn, then turned, blurred, lit badly, too small.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drivers/scanner/gray_image.hpp"

namespace bianmin::tests {

using scanner::GrayImage;

// Rows of print above and below, the code between them, `module` dots to a module on a printer's 384.
// `format`: ZXing's name.
GrayImage drawn_slip(const std::string& format, const std::string& text, int module);

struct Degradation {
  std::string name;
  std::function<GrayImage(const GrayImage&)> apply;  // always the same for the same picture
};
const std::vector<Degradation>& degradations();

// The slip somewhere in a cluttered picture of that size.
GrayImage in_frame(const GrayImage& slip, int width, int height, unsigned seed);

// No code, but what looks like one: noise, chequered paper, stripes at any angle, print. `seed` chooses.
GrayImage without_code(unsigned seed);

}  // namespace bianmin::tests
