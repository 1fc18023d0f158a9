// A USB camera as a device model: uncompressed YUY2 or MJPEG, over isochronous packets or bulk. Source: USB
// Device Class Definition for Video Devices 1.1.
#pragma once

#include <deque>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

enum class CameraPipe { isochronous, bulk };
enum class CameraPixels { yuy2, mjpeg };

// It gives a frame as often as it is asked for one, without a clock; nothing is given while the stream is
// off.
class CameraModel : public DeviceModel {
 public:
  CameraModel(CameraPipe pipe, CameraPixels pixels, int width, int height);
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  void select(unsigned interface, unsigned alternate) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  // What it sees from now on: the brightness of each pixel, or a JPEG file.
  void show(Bytes picture);
  void damage_next_frame() { damage_next_ = true; }  // it says so itself
  void hang(bool hangs) { hangs_ = hangs; }
  bool streaming() const { return streaming_; }  // its light is on
  int frame_count() const { return frame_count_; }

 private:
  Bytes descriptors() const;
  void begin_frame();

  CameraPipe pipe_;
  CameraPixels pixels_;
  int width_;
  int height_;
  DeviceSpec spec_;
  Bytes picture_;
  Bytes probe_;
  std::deque<Bytes> payloads_;
  bool streaming_ = false;
  bool committed_ = false;
  bool damage_next_ = false;
  bool hangs_ = false;
  bool frame_id_ = false;
  int frame_count_ = 0;
};

}  // namespace bianmin::emulator
