#include <algorithm>

#include "drivers/emulator/raster_reader.hpp"

namespace bianmin::emulator {

namespace {

Error bad(std::string_view why) { return {Remedy::refuse, "raster.bad_pwg", std::string(why)}; }

struct Header {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t dpi = 0;
  std::uint32_t bits = 0;
  std::uint32_t line_byte_count = 0;
  std::uint32_t colour_space = 0;
};

std::uint32_t number_at(ByteView header, std::size_t at) {
  ByteReader reader(header.subspan(at));
  return reader.u32_be();
}

// One line's octets; false: they are not there.
bool read_line(ByteReader& reader, Bytes& line) {
  std::size_t done = 0;
  while (done < line.size()) {
    const std::uint8_t control = reader.u8();
    if (reader.failed() || control == 128) return false;
    const std::size_t count = control < 128 ? control + std::size_t{1} : std::size_t{257} - control;
    if (count > line.size() - done) return false;
    const auto to = line.begin() + static_cast<std::ptrdiff_t>(done);
    if (control < 128) {
      std::fill_n(to, count, reader.u8());
    } else {
      const ByteView bytes = reader.take(count);
      std::copy(bytes.begin(), bytes.end(), to);
    }
    done += count;
  }
  return !reader.failed();
}

void add_grey(const Header& header, const Bytes& line, Bytes& grey) {
  if (header.bits == 8) {
    append(grey, line);
    return;
  }
  for (std::uint32_t x = 0; x < header.width; ++x)
    grey.push_back((line[x / 8] & 0x80U >> x % 8) != 0 ? 0x00 : 0xFF);
}

Result<Header> read_header(ByteReader& reader) {
  constexpr std::size_t header_byte_count = 1'796;
  constexpr std::uint32_t sgray = 18;
  constexpr std::uint32_t black = 3;
  constexpr std::uint32_t side_max = raster_side_px_max;
  const ByteView bytes = reader.take(header_byte_count);
  if (reader.failed()) return bad("half a header");
  const Header header{number_at(bytes, 372), number_at(bytes, 376), number_at(bytes, 276),
                      number_at(bytes, 388), number_at(bytes, 392), number_at(bytes, 400)};
  if (text_of(bytes.first(10)) != std::string("PwgRaster\0", 10)) return bad("a page without its name");
  if (header.width == 0 || header.height == 0 || header.width > side_max || header.height > side_max)
    return Error{Remedy::refuse, "raster.too_large", "a page without a size that paper has"};
  const bool gray = header.bits == 8 && header.colour_space == sgray;
  const bool bits = header.bits == 1 && header.colour_space == black;
  if ((!gray && !bits) || header.line_byte_count != (header.width * header.bits + 7) / 8)
    return bad("not sgray_8 and not black_1");
  return header;
}

}  // namespace

Result<std::vector<RasterPage>> read_pwg(ByteView stream, std::size_t byte_max) {
  ByteReader reader(stream);
  if (text_of(reader.take(4)) != "RaS2") return bad("no RaS2 at the beginning");
  std::vector<RasterPage> pages;
  std::size_t byte_count = 0;
  while (reader.left() > 0) {
    const auto header = read_header(reader);
    if (!header) return header.error();
    byte_count += std::size_t{header->width} * header->height;
    if (pages.size() >= raster_pages_max || byte_count > byte_max)
      return Error{Remedy::refuse, "raster.too_large", "more pages than are read"};
    RasterPage page{static_cast<int>(header->width),
                    static_cast<int>(header->height),
                    static_cast<int>(header->dpi & 0xFFFFU),
                    {}};
    Bytes line(header->line_byte_count);
    for (std::uint32_t row = 0; row < header->height;) {
      const std::uint32_t times = reader.u8() + 1U;
      if (times > header->height - row || !read_line(reader, line)) return bad("a line that is none");
      for (std::uint32_t i = 0; i < times; ++i) add_grey(*header, line, page.grey);
      row += times;
    }
    pages.push_back(std::move(page));
  }
  return pages;
}

}  // namespace bianmin::emulator
