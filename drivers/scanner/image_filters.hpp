// What is done to a grey picture before somebody looks for a code in it. Pure; each returns a new picture of
// the same size unless it says otherwise, and takes valid ones only (GrayImage::valid()).
#pragma once

#include "drivers/scanner/gray_image.hpp"

namespace bianmin::scanner {

// Black becomes what 1 % of the pixels are darker than, white what 1 % are lighter than.
GrayImage stretched(const GrayImage& image);
GrayImage inverted(const GrayImage& image);
GrayImage halved(const GrayImage& image);                // half as wide and high: the mean of each four
GrayImage doubled(const GrayImage& image);               // twice as wide and high: bilinear
GrayImage median(const GrayImage& image);                // of the 3 x 3 around each pixel
GrayImage smoothed(const GrayImage& image, int radius);  // the mean of a square of 2 * radius + 1
GrayImage smoothed_upright(const GrayImage& image, int radius);  // the mean of those above and below alone
// What lies above the mean of its neighbourhood grows, what lies below shrinks: `percent` of the difference
// is added.
GrayImage sharpened(const GrayImage& image, int radius, int percent);
// Black and white: each pixel against the mean of the square of 2 * radius + 1 around it, where the square
// differs enough in itself; elsewhere white. Against glare, shadows and light that falls off.
GrayImage thresholded(const GrayImage& image, int radius);
GrayImage with_margin(const GrayImage& image, int margin);  // that many pixels wider on all sides, in white
GrayImage cropped(const GrayImage& image, int x, int y, int width, int height);  // must lie inside

}  // namespace bianmin::scanner
