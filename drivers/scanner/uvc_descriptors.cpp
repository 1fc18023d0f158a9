#include "drivers/scanner/uvc_descriptors.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace bianmin::scanner {

namespace {

constexpr std::uint8_t interface_descriptor = 4;
constexpr std::uint8_t endpoint_descriptor = 5;
constexpr std::uint8_t class_interface = 0x24;
constexpr std::uint8_t video_class = 14;
constexpr std::uint8_t control_subclass = 1;
constexpr std::uint8_t streaming_subclass = 2;
constexpr std::size_t frames_max = 256;
constexpr int side_max = 8'192;
constexpr int pixels_wanted_max = 1'280 * 720;

// The first four bytes of a format's GUID; the rest is the same for all of them.
constexpr std::array<std::uint8_t, 12> guid_rest = {0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71};
std::optional<PixelKind> kind_of(ByteView guid) {
  if (!std::equal(guid_rest.begin(), guid_rest.end(), guid.begin() + 4, guid.end())) return std::nullopt;
  const std::string name = text_of(guid.first(4));
  if (name == "YUY2") return PixelKind::yuy2;
  if (name == "NV12") return PixelKind::nv12;
  if (name == "Y800" || name == "GREY") return PixelKind::gray;
  return std::nullopt;
}

Error bad(std::string_view why) { return {Remedy::call_staff, "camera.bad_descriptor", std::string(why)}; }

class Parser {
 public:
  explicit Parser(int streaming_interface) : wanted_(streaming_interface) {}
  void take(std::uint8_t type, ByteView body);
  CameraDescription done() { return std::move(camera_); }

 private:
  void interface(ByteReader reader);
  void endpoint(ByteReader reader);
  void format_or_frame(ByteReader reader);

  int wanted_;
  CameraDescription camera_;
  int interface_ = -1;
  std::uint8_t alternate_ = 0;
  bool control_ = false;
  std::optional<PixelKind> kind_;  // of the format whose frames follow
  std::uint8_t format_index_ = 0;
};

void Parser::take(std::uint8_t type, ByteView body) {
  if (type == interface_descriptor) interface(ByteReader(body));
  if (type == endpoint_descriptor && interface_ == wanted_) endpoint(ByteReader(body));
  if (type != class_interface) return;
  ByteReader reader(body);
  constexpr std::uint8_t control_header = 1;
  if (control_ && reader.u8() == control_header) {
    const std::uint16_t version = reader.u16_le();
    if (!reader.failed()) camera_.version = version;
  }
  if (interface_ == wanted_) format_or_frame(ByteReader(body));
}

void Parser::interface(ByteReader reader) {
  interface_ = reader.u8();
  alternate_ = reader.u8();
  reader.skip(1);
  const bool video = reader.u8() == video_class;
  const std::uint8_t subclass = reader.u8();
  control_ = video && subclass == control_subclass;
  if (!video || subclass != streaming_subclass || reader.failed()) interface_ = -1;
  kind_.reset();
}

void Parser::endpoint(ByteReader reader) {
  constexpr std::uint8_t isochronous = 1;
  constexpr std::uint8_t bulk = 2;
  CameraAlternate found;
  found.number = alternate_;
  found.endpoint = reader.u8();
  const unsigned kind = reader.u8() & 3U;
  const unsigned size = reader.u16_le();
  if (reader.failed() || (found.endpoint & 0x80U) == 0 || (kind != isochronous && kind != bulk)) return;
  found.bulk = kind == bulk;
  found.packet_byte_max = (size & 0x7FFU) * (1 + std::min((size >> 11U) & 3U, 2U));
  if (found.packet_byte_max > 0) camera_.alternates.push_back(found);
}

void Parser::format_or_frame(ByteReader reader) {
  enum : std::uint8_t { uncompressed = 4, uncompressed_frame = 5, mjpeg = 6, mjpeg_frame = 7 };
  const std::uint8_t subtype = reader.u8();
  if (subtype == uncompressed || subtype == mjpeg) {
    format_index_ = reader.u8();
    reader.skip(1);
    kind_ = PixelKind::mjpeg;
    if (subtype == uncompressed) {
      const ByteView guid = reader.take(4 + guid_rest.size());
      kind_ = reader.failed() ? std::nullopt : kind_of(guid);
    }
  }
  if (!kind_ || (subtype != uncompressed_frame && subtype != mjpeg_frame)) return;
  if ((subtype == mjpeg_frame) != (*kind_ == PixelKind::mjpeg)) return;
  CameraFrame frame;
  frame.kind = *kind_;
  frame.format_index = format_index_;
  frame.frame_index = reader.u8();
  reader.skip(1);
  frame.width = reader.u16_le();
  frame.height = reader.u16_le();
  reader.skip(12);
  frame.interval_100ns = reader.u32_le();
  const bool sane = frame.width >= 16 && frame.height >= 16 && frame.width <= side_max &&
                    frame.height <= side_max && frame.width % 2 == 0;
  if (!reader.failed() && sane && camera_.frames.size() < frames_max) camera_.frames.push_back(frame);
}

}  // namespace

std::size_t CameraFrame::byte_max() const {
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  switch (kind) {
    case PixelKind::yuy2:
    case PixelKind::mjpeg:  // as much as without compression: more is none
      return pixels * 2;
    case PixelKind::nv12:
      return pixels * 3 / 2;
    case PixelKind::gray:
      return pixels;
  }
  return 0;
}

Result<CameraDescription> parse_camera(ByteView configuration, int streaming_interface) {
  ByteReader reader(configuration);
  Parser parser(streaming_interface);
  while (reader.left() > 0) {
    const std::size_t size = reader.u8();
    const std::uint8_t type = reader.u8();
    if (size < 2) return bad("a descriptor without a length");
    const ByteView body = reader.take(size - 2);
    if (reader.failed()) return bad("half a descriptor");
    parser.take(type, body);
  }
  CameraDescription camera = parser.done();
  if (camera.alternates.empty()) return bad("no endpoint");
  return camera;
}

std::optional<CameraFrame> choose_frame(const CameraDescription& camera) {
  std::optional<CameraFrame> best;
  const auto pixels = [](const CameraFrame& frame) { return frame.width * frame.height; };
  for (const CameraFrame& frame : camera.frames) {
    if (best) {
      const bool fits = pixels(frame) <= pixels_wanted_max;
      const bool best_fits = pixels(*best) <= pixels_wanted_max;
      // Among those that are too large the smallest.
      if (fits != best_fits ? !fits : fits ? pixels(frame) < pixels(*best) : pixels(frame) > pixels(*best))
        continue;
      if (pixels(frame) == pixels(*best) && (best->exact() || !frame.exact())) continue;
    }
    best = frame;
  }
  return best;
}

const CameraAlternate* choose_alternate(const CameraDescription& camera, std::size_t payload_byte_max) {
  const CameraAlternate* best = nullptr;
  for (const CameraAlternate& each : camera.alternates) {
    const bool enough = each.bulk || each.packet_byte_max >= payload_byte_max;
    const bool best_enough = best != nullptr && (best->bulk || best->packet_byte_max >= payload_byte_max);
    const bool better = best == nullptr || (enough && !best_enough) ||
                        (enough == best_enough && (enough ? each.packet_byte_max < best->packet_byte_max
                                                          : each.packet_byte_max > best->packet_byte_max));
    if (better) best = &each;
  }
  return best;
}

Bytes pack_probe(const CameraDescription& camera, const CameraFrame& frame) {
  constexpr std::size_t first_byte_count = 26;
  constexpr std::size_t second_byte_count = 34;  // from 1.1 on
  constexpr std::size_t third_byte_count = 48;   // from 1.5 on
  constexpr std::uint16_t keep_interval = 1;
  ByteWriter out;
  out.u16_le(keep_interval).u8(frame.format_index).u8(frame.frame_index).u32_le(frame.interval_100ns);
  Bytes bytes = out.take();
  bytes.resize(camera.version >= 0x0150   ? third_byte_count
               : camera.version >= 0x0110 ? second_byte_count
                                          : first_byte_count);
  return bytes;
}

Result<CameraAgreement> unpack_probe(ByteView answer) {
  ByteReader reader(answer);
  CameraAgreement agreed;
  reader.skip(2);
  agreed.format_index = reader.u8();
  agreed.frame_index = reader.u8();
  reader.skip(18);
  agreed.payload_byte_max = reader.u32_le();
  if (reader.failed()) return Error{Remedy::retry_later, "camera.bad_probe", "half an answer"};
  return agreed;
}

}  // namespace bianmin::scanner
