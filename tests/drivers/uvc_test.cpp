// Cameras' descriptors and payloads, whole and hostile.
#include "drivers/emulator/camera_model.hpp"
#include "drivers/scanner/uvc_frame.hpp"
#include "tests/catch.hpp"

namespace bianmin::scanner {

namespace {

using emulator::CameraModel;
using emulator::CameraPipe;
using emulator::CameraPixels;

constexpr std::size_t device_byte_count = 18;

Bytes configuration(CameraPipe pipe, CameraPixels pixels) {
  const Bytes all = CameraModel(pipe, pixels, 640, 480).spec().descriptors();
  return Bytes(all.begin() + device_byte_count, all.end());
}

CameraFrame small_frame() { return {PixelKind::gray, 1, 1, 4, 2, 333'333}; }

Bytes payload(std::uint8_t flags, const Bytes& data) {
  Bytes out = {2, flags};
  append(out, data);
  return out;
}

}  // namespace

TEST_CASE("a camera's formats, frames and settings are read") {
  const auto camera = parse_camera(configuration(CameraPipe::isochronous, CameraPixels::yuy2), 1);
  REQUIRE(camera.ok());
  CHECK(camera->version == 0x0110);
  REQUIRE(camera->frames.size() == 1);
  CHECK(camera->frames[0].kind == PixelKind::yuy2);
  CHECK(camera->frames[0].width == 640);
  CHECK(camera->frames[0].height == 480);
  CHECK(camera->frames[0].interval_100ns == 333'333);
  CHECK(camera->frames[0].byte_max() == 640 * 480 * 2);
  REQUIRE(camera->alternates.size() == 2);
  CHECK(choose_alternate(*camera, 100)->number == 1);
  CHECK(choose_alternate(*camera, 129)->number == 2);
  CHECK(choose_alternate(*camera, 5'000)->number == 2);  // as much as there is
  CHECK(pack_probe(*camera, camera->frames[0]).size() == 34);
  const auto jpeg = parse_camera(configuration(CameraPipe::bulk, CameraPixels::mjpeg), 1);
  REQUIRE(jpeg.ok());
  CHECK(jpeg->frames.at(0).kind == PixelKind::mjpeg);
  CHECK(jpeg->alternates.at(0).bulk);
}

TEST_CASE("descriptors cut anywhere or changed anywhere are refused or read, never more") {
  const Bytes whole = configuration(CameraPipe::isochronous, CameraPixels::yuy2);
  for (std::size_t size = 0; size < whole.size(); ++size) (void)parse_camera(ByteView(whole).first(size), 1);
  int read = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned value : {0U, 1U, 2U, 0x7FU, 0xFFU}) {
      Bytes changed = whole;
      changed[at] = static_cast<std::uint8_t>(value);
      const auto camera = parse_camera(changed, 1);
      if (!camera) continue;
      ++read;
      for (const CameraFrame& frame : camera->frames) CHECK(frame.byte_max() > 0);
    }
  }
  CHECK(read > 0);
  CHECK(parse_camera({}, 1).error().code == "camera.bad_descriptor");
  CHECK_FALSE(parse_camera(whole, 0).ok());  // the control interface streams nothing
}

TEST_CASE("the largest picture up to 1280 x 720 is chosen, not compressed when there is a choice") {
  CameraDescription camera;
  CHECK_FALSE(choose_frame(camera));
  camera.frames = {{PixelKind::mjpeg, 1, 1, 1'920, 1'080, 1},
                   {PixelKind::mjpeg, 1, 2, 1'280, 720, 1},
                   {PixelKind::yuy2, 2, 1, 640, 480, 1},
                   {PixelKind::yuy2, 2, 2, 1'280, 720, 1},
                   {PixelKind::yuy2, 2, 3, 320, 240, 1}};
  CHECK(choose_frame(camera)->format_index == 2);
  CHECK(choose_frame(camera)->width == 1'280);
  camera.frames = {{PixelKind::mjpeg, 1, 1, 2'592, 1'944, 1}, {PixelKind::mjpeg, 1, 2, 1'920, 1'080, 1}};
  CHECK(choose_frame(camera)->width == 1'920);  // all are too large: the smallest
}

TEST_CASE("what a camera agrees to is read") {
  Bytes answer = pack_probe({}, small_frame());
  REQUIRE(answer.size() == 26);
  answer[23] = 4;
  const auto agreed = unpack_probe(answer);
  REQUIRE(agreed.ok());
  CHECK(agreed->format_index == 1);
  CHECK(agreed->payload_byte_max == 1'024);
  answer.pop_back();
  CHECK(unpack_probe(answer).error().code == "camera.bad_probe");
}

TEST_CASE("frames are put together, and only whole ones count") {
  FrameAssembly assembly(small_frame());
  CHECK_FALSE(assembly.add(payload(0, {1, 2, 3, 4})));
  const auto first = assembly.add(payload(2, {5, 6, 7, 8}));
  REQUIRE(first.has_value());
  CHECK(*first == Bytes{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK_FALSE(assembly.add(payload(1, {1, 2})));              // a hole
  CHECK_FALSE(assembly.add(payload(2, {0, 0, 0, 0})));        // half of the next one
  CHECK_FALSE(assembly.add(payload(3 | 0x40, Bytes(8, 9))));  // the camera says it is damaged
  CHECK_FALSE(assembly.add(payload(2, Bytes(9, 9))));         // too much
  CHECK_FALSE(assembly.add(payload(3, {})));
  // No end told: the change of the number is the end.
  CHECK_FALSE(assembly.add(payload(0, Bytes(8, 7))));
  CHECK(assembly.add(payload(1, {1})) == Bytes(8, 7));
  // A header that is none spoils the frame it comes in.
  FrameAssembly other(small_frame());
  CHECK_FALSE(other.add({}));
  CHECK_FALSE(other.add(Bytes{200, 0, 1}));
  CHECK_FALSE(other.add(payload(2, Bytes(8, 1))));
  CHECK(other.add(payload(3, Bytes(8, 2))) == Bytes(8, 2));
}

TEST_CASE("brightness is taken from every kind of pixel") {
  const Bytes luma = {1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(gray_of(small_frame(), luma)->pixels == luma);
  CameraFrame frame = small_frame();
  frame.kind = PixelKind::yuy2;
  CHECK(gray_of(frame, Bytes{1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0})->pixels == luma);
  frame.kind = PixelKind::nv12;
  CHECK(gray_of(frame, Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0})->pixels == luma);
  CHECK(gray_of(frame, Bytes(8, 0)).error().code == "image.broken");
  frame.kind = PixelKind::mjpeg;
  // Compressed ones are for the decoder's child, never for this process.
  CHECK(gray_of(frame, Bytes{0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3}).error().code == "image.broken");
}

}  // namespace bianmin::scanner
