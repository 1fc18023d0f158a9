#include "drivers/emulator/camera_model.hpp"

#include <algorithm>

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t video_in = 0x81;
constexpr std::size_t packet_byte_max = 1'023;
constexpr std::size_t bulk_payload_byte_max = 16'384;
constexpr std::size_t probe_byte_count = 34;
constexpr std::size_t header_byte_count = 12;

// One interface association of a control and a streaming interface, each as chapter 3 of the class has it.
void put_control(ByteWriter& to) {
  to.u8(8).u8(11).u8(0).u8(2).u8(14).u8(3).u8(0).u8(0);
  to.u8(9).u8(4).u8(0).u8(0).u8(0).u8(14).u8(1).u8(0).u8(0);
  to.u8(13).u8(0x24).u8(1).u16_le(0x0110).u16_le(13 + 18 + 9).u32_le(48'000'000).u8(1).u8(1);
  to.u8(18)
      .u8(0x24)
      .u8(2)
      .u8(1)
      .u16_le(0x0201)
      .u8(0)
      .u8(0)
      .u16_le(0)
      .u16_le(0)
      .u16_le(0)
      .u8(3)
      .u8(0)
      .u8(0)
      .u8(0);
  to.u8(9).u8(0x24).u8(3).u8(2).u16_le(0x0101).u8(0).u8(1).u8(0);
}

void put_endpoint(ByteWriter& to, std::uint8_t attributes, std::size_t byte_max) {
  to.u8(7).u8(5).u8(video_in).u8(attributes).u16_le(static_cast<std::uint16_t>(byte_max)).u8(1);
}

void put_format(ByteWriter& to, CameraPixels pixels, int width, int height) {
  const auto frame_bytes = static_cast<std::uint32_t>(width * height * 2);
  const bool jpeg = pixels == CameraPixels::mjpeg;
  const std::uint16_t all = static_cast<std::uint16_t>(14 + (jpeg ? 11 : 27) + 30);
  to.u8(14).u8(0x24).u8(1).u8(1).u16_le(all).u8(video_in).u8(0).u8(2).u8(0).u8(0).u8(0).u8(1).u8(0);
  if (jpeg) {
    to.u8(11).u8(0x24).u8(6).u8(1).u8(1).u8(0).u8(1).u8(0).u8(0).u8(0).u8(0);
  } else {
    to.u8(27).u8(0x24).u8(4).u8(1).u8(1).text("YUY2");
    to.bytes(Bytes{0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71})
        .u8(16)
        .u8(1)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(0);
  }
  to.u8(30).u8(0x24).u8(jpeg ? 7 : 5).u8(1).u8(0);
  to.u16_le(static_cast<std::uint16_t>(width)).u16_le(static_cast<std::uint16_t>(height));
  to.u32_le(frame_bytes * 8)
      .u32_le(frame_bytes * 240)
      .u32_le(frame_bytes)
      .u32_le(333'333)
      .u8(1)
      .u32_le(333'333);
}

}  // namespace

CameraModel::CameraModel(CameraPipe pipe, CameraPixels pixels, int width, int height)
    : pipe_(pipe), pixels_(pixels), width_(width), height_(height) {
  spec_.vendor = 0x0C45;
  spec_.product = 0x6366;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "camera";
  InterfaceSpec control;
  control.device_class = 14;
  control.subclass = 1;
  control.kernel_driver = "uvcvideo";
  InterfaceSpec streaming;
  streaming.device_class = 14;
  streaming.subclass = 2;
  streaming.kernel_driver = "uvcvideo";
  const bool bulk = pipe == CameraPipe::bulk;
  streaming.endpoints = {{video_in, static_cast<std::uint8_t>(bulk ? 2 : 5),
                          static_cast<std::uint16_t>(bulk ? 512 : packet_byte_max)}};
  spec_.interfaces = {control, streaming};
  spec_.recorded = descriptors();
  if (pixels == CameraPixels::yuy2)
    picture_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 128);
}

Bytes CameraModel::descriptors() const {
  ByteWriter body;
  put_control(body);
  const bool bulk = pipe_ == CameraPipe::bulk;
  body.u8(9).u8(4).u8(1).u8(0).u8(bulk ? 1 : 0).u8(14).u8(2).u8(0).u8(0);
  put_format(body, pixels_, width_, height_);
  if (bulk) put_endpoint(body, 2, 512);
  for (const std::uint8_t alternate : {std::uint8_t{1}, std::uint8_t{2}}) {
    if (bulk) break;
    body.u8(9).u8(4).u8(1).u8(alternate).u8(1).u8(14).u8(2).u8(0).u8(0);
    put_endpoint(body, 5, alternate == 1 ? 128 : packet_byte_max);
  }
  ByteWriter all;
  all.u8(18).u8(1).u16_le(0x0200).u8(0xEF).u8(2).u8(1).u8(64);
  all.u16_le(spec_.vendor).u16_le(spec_.product).u16_le(0x0100).u8(1).u8(2).u8(0).u8(1);
  all.u8(9).u8(2).u16_le(static_cast<std::uint16_t>(9 + body.view().size()));
  all.u8(2).u8(1).u8(0).u8(0x80).u8(250).bytes(body.view());
  return all.take();
}

void CameraModel::power_on() {
  payloads_.clear();
  streaming_ = false;
  committed_ = false;
}

std::size_t CameraModel::take(std::uint8_t, ByteView bytes) { return bytes.size(); }

void CameraModel::select(unsigned interface, unsigned alternate) {
  if (interface != 1) return;  // the streaming one
  payloads_.clear();
  if (pipe_ == CameraPipe::isochronous) streaming_ = alternate != 0 && committed_;
}

std::optional<Bytes> CameraModel::control(const ControlRequest& request) {
  constexpr std::uint16_t probe = 0x0100;
  constexpr std::uint16_t commit = 0x0200;
  constexpr std::uint8_t set_current = 1;
  constexpr std::uint8_t get_current = 0x81;
  if (request.index != 1 || (request.value != probe && request.value != commit)) return std::nullopt;
  if (request.request_type == 0xA1 && request.request == get_current) return probe_;
  if (request.request_type != 0x21 || request.request != set_current ||
      request.data.size() != probe_byte_count)
    return std::nullopt;
  ByteReader asked(request.data);
  asked.skip(2);
  if (asked.u8() != 1 || asked.u8() != 1) return std::nullopt;
  const std::uint32_t interval = asked.u32_le();
  const std::size_t payload = pipe_ == CameraPipe::bulk ? bulk_payload_byte_max : packet_byte_max;
  ByteWriter agreed;
  agreed.u16_le(1).u8(1).u8(1).u32_le(interval).u16_le(0).u16_le(0).u16_le(0).u16_le(0).u16_le(0);
  agreed.u32_le(static_cast<std::uint32_t>(width_ * height_ * 2)).u32_le(static_cast<std::uint32_t>(payload));
  probe_ = agreed.take();
  probe_.resize(probe_byte_count);
  committed_ = committed_ || request.value == commit;
  return Bytes();
}

void CameraModel::show(Bytes picture) {
  picture_ = std::move(picture);
  payloads_.clear();
  frame_id_ = !frame_id_;
}

void CameraModel::begin_frame() {
  enum : std::uint8_t { end_of_frame = 2, error = 0x40, end_of_header = 0x80 };
  Bytes data;
  if (pixels_ == CameraPixels::mjpeg) data = picture_;
  if (pixels_ == CameraPixels::yuy2) {
    data.assign(picture_.size() * 2, 128);
    for (std::size_t i = 0; i < picture_.size(); ++i) data[2 * i] = picture_[i];
  }
  const std::size_t byte_max =
      (pipe_ == CameraPipe::bulk ? bulk_payload_byte_max : packet_byte_max) - header_byte_count;
  frame_id_ = !frame_id_;
  ++frame_count_;
  for (std::size_t at = 0; at < data.size(); at += byte_max) {
    const ByteView part = ByteView(data).subspan(at, std::min(byte_max, data.size() - at));
    Bytes payload(header_byte_count, 0);
    payload[0] = header_byte_count;
    payload[1] = static_cast<std::uint8_t>(end_of_header | (frame_id_ ? 1 : 0) |
                                           (at + byte_max >= data.size() ? end_of_frame : 0) |
                                           (damage_next_ ? error : 0));
    append(payload, part);
    payloads_.push_back(std::move(payload));
  }
  damage_next_ = false;
}

std::optional<Bytes> CameraModel::give(std::uint8_t endpoint) {
  if (endpoint != video_in || hangs_) return std::nullopt;
  if (pipe_ == CameraPipe::bulk && committed_) streaming_ = true;
  if (!streaming_) return std::nullopt;
  if (payloads_.empty()) begin_frame();
  if (payloads_.empty()) return std::nullopt;
  Bytes next = std::move(payloads_.front());
  payloads_.pop_front();
  return next;
}

}  // namespace bianmin::emulator
