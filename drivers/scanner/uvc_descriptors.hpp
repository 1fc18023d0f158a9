// What a USB camera offers, from its descriptors, and how a stream is agreed on. Pure; hostile bytes are
// safe. Source: USB Device Class Definition for Video Devices 1.5, chapters 3.7 to 3.9 and 4.3.1.1; payload
// formats "Uncompressed" and "MJPEG".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

enum class PixelKind {
  yuy2,  // luma in every other byte
  nv12,  // luma first
  gray,  // luma alone
  mjpeg,
};

struct CameraFrame {
  PixelKind kind = PixelKind::yuy2;
  std::uint8_t format_index = 0;
  std::uint8_t frame_index = 0;
  int width = 0;
  int height = 0;
  std::uint32_t interval_100ns = 0;  // between frames, by default

  std::size_t byte_max() const;                            // of a frame
  bool exact() const { return kind != PixelKind::mjpeg; }  // each frame has that many
};

// One setting of the streaming interface that has an endpoint.
struct CameraAlternate {
  std::uint8_t number = 0;
  std::uint8_t endpoint = 0;
  bool bulk = false;
  std::size_t packet_byte_max = 0;  // of all packets of a microframe together
};

struct CameraDescription {
  std::uint16_t version = 0x0100;   // of the class, in BCD
  std::vector<CameraFrame> frames;  // those whose pixels can be read
  std::vector<CameraAlternate> alternates;
};

// Of the streaming interface with this number. Errors: "camera.bad_descriptor".
Result<CameraDescription> parse_camera(ByteView configuration, int streaming_interface);

// The most pixels up to 1280 x 720, and of two as large the one that need not be decompressed. Empty: none.
std::optional<CameraFrame> choose_frame(const CameraDescription& camera);

// The smallest setting whose packets take a payload of that size, or the largest; null: none. Borrows.
const CameraAlternate* choose_alternate(const CameraDescription& camera, std::size_t payload_byte_max);

// What is asked of the camera (SET_CUR of VS_PROBE and VS_COMMIT), as long as its version has it.
Bytes pack_probe(const CameraDescription& camera, const CameraFrame& frame);

struct CameraAgreement {
  std::uint8_t format_index = 0;
  std::uint8_t frame_index = 0;
  std::uint32_t payload_byte_max = 0;
};
// Errors: "camera.bad_probe".
Result<CameraAgreement> unpack_probe(ByteView answer);

}  // namespace bianmin::scanner
