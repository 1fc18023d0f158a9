// Reads PWG raster and PCL raster graphics back into pages: what the emulated printer prints. Written from
// the documents, not from our writers; other programs' streams are read too. Pure; every input ends in pages
// or in an error.
#pragma once

#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::emulator {

struct RasterPage {
  int width_px = 0;
  int height_px = 0;
  int dpi = 0;
  Bytes grey;  // row by row, 0 black to 255 white
};

inline constexpr int raster_side_px_max = 16'000;
inline constexpr std::size_t raster_pages_max = 50;
inline constexpr std::size_t raster_byte_max = std::size_t{256} * 1024 * 1024;  // of all pages together

// sgray_8 and black_1. Errors "raster.bad_pwg": no such stream, or it ends in the middle; "raster.too_large":
// more than `byte_max` for all pages together.
Result<std::vector<RasterPage>> read_pwg(ByteView stream, std::size_t byte_max = raster_byte_max);

// PCL 5 with what raster pages need of it: page size, resolution, cursor, methods 0 to 3. PJL around it and
// other commands are skipped. A page that is not ejected is none. Errors "raster.bad_pcl",
// "raster.too_large".
Result<std::vector<RasterPage>> read_pcl(ByteView stream, std::size_t byte_max = raster_byte_max);

}  // namespace bianmin::emulator
