// Pictures out of a camera's payloads. Pure; hostile bytes are safe.
// Source: USB Device Class Definition for Video Devices 1.5, chapter 2.4.3.3.
#pragma once

#include <optional>

#include "drivers/scanner/gray_image.hpp"
#include "drivers/scanner/uvc_descriptors.hpp"

namespace bianmin::scanner {

// Puts the payloads of one frame together. A frame that lost a part, or of which the camera says that it is
// damaged, is dropped.
class FrameAssembly {
 public:
  explicit FrameAssembly(const CameraFrame& frame) : frame_(frame) {}
  // A payload, its header first. A whole frame when this ended one.
  std::optional<Bytes> add(ByteView payload);

 private:
  std::optional<Bytes> end();

  CameraFrame frame_;
  Bytes bytes_;
  bool begun_ = false;
  bool broken_ = false;
  bool id_ = false;  // changes from frame to frame
};

// The brightness of a whole frame that is not compressed (CameraFrame::exact()). Error "image.broken": its
// size is wrong, or it is compressed; that is for DecoderChild::decode_jpeg().
Result<GrayImage> gray_of(const CameraFrame& frame, ByteView bytes);

}  // namespace bianmin::scanner
