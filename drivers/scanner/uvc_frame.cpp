#include "drivers/scanner/uvc_frame.hpp"

#include <utility>

namespace bianmin::scanner {

std::optional<Bytes> FrameAssembly::end() {
  Bytes bytes = std::exchange(bytes_, {});
  const bool whole =
      begun_ && !broken_ && !bytes.empty() && (!frame_.exact() || bytes.size() == frame_.byte_max());
  begun_ = false;
  broken_ = false;
  if (!whole) return std::nullopt;
  return bytes;
}

std::optional<Bytes> FrameAssembly::add(ByteView payload) {
  enum : unsigned { frame_id = 1, end_of_frame = 2, error = 0x40 };
  constexpr std::size_t header_byte_min = 2;
  if (payload.size() < header_byte_min || payload[0] < header_byte_min || payload[0] > payload.size()) {
    broken_ = true;
    return std::nullopt;
  }
  const unsigned flags = payload[1];
  const bool id = (flags & frame_id) != 0;
  std::optional<Bytes> whole;
  if (begun_ && id != id_) whole = end();  // the end was lost, or is not told
  begun_ = true;
  id_ = id;
  if ((flags & error) != 0) broken_ = true;
  const ByteView data = payload.subspan(payload[0]);
  if (bytes_.size() + data.size() > frame_.byte_max()) broken_ = true;
  if (!broken_) append(bytes_, data);
  if ((flags & end_of_frame) != 0) {
    auto ended = end();
    if (ended) return ended;
  }
  return whole;
}

Result<GrayImage> gray_of(const CameraFrame& frame, ByteView bytes) {
  const Error broken{Remedy::retry_later, "image.broken", "frame"};
  if (!frame.exact() || bytes.size() != frame.byte_max()) return broken;
  GrayImage image{frame.width, frame.height, {}};
  const std::size_t pixels = static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height);
  if (frame.kind != PixelKind::yuy2) {
    image.pixels.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(pixels));
    return image;
  }
  image.pixels.resize(pixels);
  for (std::size_t i = 0; i < pixels; ++i) image.pixels[i] = bytes[2 * i];
  return image;
}

}  // namespace bianmin::scanner
