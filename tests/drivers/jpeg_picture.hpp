// A grey picture as a camera sends it in MJPEG.
#pragma once

#include "drivers/scanner/gray_image.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::tests {

Bytes jpeg_of(const scanner::GrayImage& image, int quality = 85);

}  // namespace bianmin::tests
