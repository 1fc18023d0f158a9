#include "tests/drivers/jpeg_picture.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
// before jpeglib.h, which needs FILE
#include <jpeglib.h>

namespace bianmin::tests {

Bytes jpeg_of(const scanner::GrayImage& image, int quality) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* file = nullptr;
  unsigned long byte_count = 0;
  jpeg_mem_dest(&jpeg, &file, &byte_count);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = 1;
  jpeg.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(image.width));
  while (jpeg.next_scanline < jpeg.image_height) {
    const auto from = image.pixels.begin() + static_cast<std::ptrdiff_t>(row.size() * jpeg.next_scanline);
    std::copy_n(from, row.size(), row.begin());
    JSAMPROW line = row.data();
    jpeg_write_scanlines(&jpeg, &line, 1);
  }
  jpeg_finish_compress(&jpeg);
  Bytes out(file, file + byte_count);
  jpeg_destroy_compress(&jpeg);
  std::free(file);  // NOLINT: libjpeg took it by malloc
  return out;
}

}  // namespace bianmin::tests
