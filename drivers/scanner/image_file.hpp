// Pictures from files, as grey ones. Hostile files are safe: sizes are checked before memory is taken.
#pragma once

#include <filesystem>

#include "drivers/scanner/gray_image.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

constexpr int image_side_max = 16'384;
constexpr std::size_t image_pixel_max = 50'000'000;
constexpr std::size_t image_file_byte_max = 64U * 1'024 * 1'024;

// PNG, JPEG, WebP or PGM (P2, P5), told by the content and not by the name. What is transparent is white.
// Errors: those of read_file, "image.unknown_format", "image.too_large", "image.broken".
Result<GrayImage> load_image(const std::filesystem::path& path);
Result<GrayImage> decode_image(ByteView file);

// A frame of a camera: JPEG alone, and of that size, or "image.broken"; no memory is taken for another size.
Result<GrayImage> decode_jpeg_of(ByteView file, int width, int height);

}  // namespace bianmin::scanner
