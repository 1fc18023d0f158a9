#include <array>
#include <cmath>

#include "ui/sheet/pdf_a.hpp"

namespace bianmin::ui {

namespace {

constexpr std::size_t header_byte_count = 128;
constexpr std::size_t curve_point_count = 1'024;

std::uint32_t fixed(double value) { return static_cast<std::uint32_t>(std::lround(value * 65'536)); }

Bytes xyz(double x, double y, double z) {
  return ByteWriter().text("XYZ ").u32_be(0).u32_be(fixed(x)).u32_be(fixed(y)).u32_be(fixed(z)).take();
}

Bytes plain_text(std::string_view text) {
  return ByteWriter().text("text").u32_be(0).text(text).u8(0).take();
}

Bytes description(std::string_view text) {
  ByteWriter writer;
  writer.text("desc").u32_be(0).u32_be(static_cast<std::uint32_t>(text.size() + 1)).text(text).u8(0);
  writer.u32_be(0).u32_be(0);                  // no Unicode text
  writer.u16_be(0).u8(0).bytes(Bytes(67, 0));  // no Macintosh text
  return writer.take();
}

Bytes curve() {
  ByteWriter writer;
  writer.text("curv").u32_be(0).u32_be(curve_point_count);
  for (std::size_t i = 0; i < curve_point_count; ++i) {
    const double value = double(i) / (curve_point_count - 1);
    const double linear = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    writer.u16_be(static_cast<std::uint16_t>(std::lround(linear * 65'535)));
  }
  return writer.take();
}

struct Tag {
  std::string_view name;
  std::size_t part = 0;
};

}  // namespace

Bytes srgb_profile() {
  // The primaries, adapted to the white point D50 by Bradford's matrix.
  const std::array<Bytes, 7> parts = {description("sRGB IEC61966-2.1"),
                                      plain_text("No copyright, use freely"),
                                      xyz(0.9505, 1.0, 1.0891),
                                      xyz(0.43607, 0.22249, 0.01392),
                                      xyz(0.38515, 0.71687, 0.09708),
                                      xyz(0.14307, 0.06061, 0.71410),
                                      curve()};
  constexpr std::array tags = {Tag{"desc", 0}, Tag{"cprt", 1}, Tag{"wtpt", 2}, Tag{"rXYZ", 3}, Tag{"gXYZ", 4},
                               Tag{"bXYZ", 5}, Tag{"rTRC", 6}, Tag{"gTRC", 6}, Tag{"bTRC", 6}};
  std::array<std::uint32_t, parts.size()> places{};
  Bytes data;
  const std::size_t data_start = header_byte_count + 4 + 12 * tags.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    places[i] = static_cast<std::uint32_t>(data_start + data.size());
    append(data, parts[i]);
    data.resize((data.size() + 3) / 4 * 4, 0);
  }
  ByteWriter writer;
  writer.u32_be(static_cast<std::uint32_t>(data_start + data.size())).u32_be(0).u32_be(0x02100000);
  writer.text("mntrRGB XYZ ");
  writer.u16_be(2026).u16_be(1).u16_be(1).u16_be(0).u16_be(0).u16_be(0);
  writer.text("acsp").bytes(Bytes(28, 0));
  writer.u32_be(fixed(0.9642)).u32_be(fixed(1.0)).u32_be(fixed(0.8249)).bytes(Bytes(48, 0));
  writer.u32_be(static_cast<std::uint32_t>(tags.size()));
  for (const Tag& tag : tags) {
    writer.text(tag.name).u32_be(places[tag.part]).u32_be(static_cast<std::uint32_t>(parts[tag.part].size()));
  }
  return writer.bytes(data).take();
}

}  // namespace bianmin::ui
