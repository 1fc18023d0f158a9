// A camera as a code scanner, over emulated USB, with the decoder in its child process.
#include "drivers/scanner/camera_scanner.hpp"

#include "drivers/emulator/camera_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "tests/drivers/camera_sights.hpp"
#include "tests/drivers/jpeg_picture.hpp"
#include "tests/drivers/scanner_rig.hpp"

namespace bianmin {

using emulator::CameraModel;
using emulator::CameraPipe;
using emulator::CameraPixels;
using emulator::FaultKind;
using tests::blank_sight;
using tests::sight_of;

namespace {

constexpr int width = tests::sight_width;
constexpr int height = tests::sight_height;

std::vector<scanner::CodeDriver> with_camera(std::vector<std::string> decoder, int deadline_ms = 20'000,
                                             int again_ms = 600'000) {
  scanner::CameraOptions options;
  options.decoder = std::move(decoder);
  options.frame_deadline_ms = deadline_ms;
  options.silence_ms = 500;
  options.again_ms = again_ms;
  return {{"camera", scanner::camera_interface,
           [options] { return std::make_unique<scanner::CameraScanner>(options); }}};
}

struct CameraRig : ScannerRigOf<CameraModel> {
  explicit CameraRig(CameraPipe pipe = CameraPipe::isochronous,
                     std::vector<scanner::CodeDriver> drivers = with_camera({BIANMIN_FRAME_DECODER}),
                     CameraPixels pixels = CameraPixels::yuy2)
      : ScannerRigOf(std::move(drivers), pipe, pixels, width, height) {}
  void show(Bytes sight) {
    device.change([&](CameraModel& model) { model.show(std::move(sight)); });
  }
  int frames() {
    return device.change([](CameraModel& model) { return model.frame_count(); });
  }
  bool until_frames(int more) {
    const int before = frames();
    return until([&] { return frames() >= before + more; });
  }
  bool streaming() {
    return device.change([](CameraModel& model) { return model.streaming(); });
  }
};

}  // namespace

TEST_CASE("a code that a camera sees is told once while it stays in view") {
  const CameraPipe pipe = GENERATE(CameraPipe::isochronous, CameraPipe::bulk);
  CameraRig rig(pipe);
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until_count(1));
  REQUIRE(rig.codes[0].ok());
  CHECK(*rig.codes[0] == "BM1:0721338641");
  REQUIRE(rig.until_frames(10));
  CHECK(rig.codes.size() == 1);
  rig.show(sight_of("BM1:0721338642"));
  REQUIRE(rig.until_count(2));
  CHECK(*rig.codes[1] == "BM1:0721338642");
}

TEST_CASE("a camera that compresses is read, and what is no picture costs its frame alone") {
  CameraRig rig(CameraPipe::bulk, with_camera({BIANMIN_FRAME_DECODER}), CameraPixels::mjpeg);
  const auto jpeg_with = [](const std::string& text) {
    return tests::jpeg_of({width, height, sight_of(text)});
  };
  rig.show(jpeg_with("BM1:0721338641"));
  REQUIRE(rig.until_count(1));
  CHECK(*rig.codes[0] == "BM1:0721338641");
  Bytes hostile = jpeg_with("BM1:0721338642");
  for (std::size_t i = 40; i < hostile.size(); i += 7) hostile[i] ^= 0x5AU;
  rig.show(hostile);
  REQUIRE(rig.until_frames(4));
  rig.show(tests::jpeg_of({16, 16, Bytes(256, 9)}));  // not the size that was agreed
  REQUIRE(rig.until_frames(4));
  CHECK(rig.scanner->state().usable());
  CHECK(rig.codes.size() == 1);
  rig.show(jpeg_with("BM1:0721338643"));
  REQUIRE(rig.until_count(2));
  CHECK(*rig.codes[1] == "BM1:0721338643");
}

TEST_CASE("a code that was out of view is told again, and to each who listens") {
  CameraRig rig(CameraPipe::isochronous, with_camera({BIANMIN_FRAME_DECODER}, 20'000, 0));
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until_count(3));  // after no time at all it counts as another
  CameraRig patient;
  patient.show(sight_of("BM1:0721338641"));
  REQUIRE(patient.until_count(1));
  patient.listen();
  REQUIRE(patient.until_count(2));
}

TEST_CASE("the camera runs only while somebody listens") {
  CameraRig rig;
  REQUIRE(rig.until([&] { return rig.streaming(); }));
  rig.scanner->stop();
  REQUIRE(rig.until([&] { return !rig.streaming(); }));
  CHECK(rig.scanner->state().usable());
  rig.show(sight_of("BM1:0721338641"));
  CHECK(rig.codes.empty());
  rig.listen();
  REQUIRE(rig.until_count(1));
}

TEST_CASE("frames that the camera calls damaged are passed over") {
  CameraRig rig;
  rig.show(blank_sight());
  rig.device.change([](CameraModel& model) {
    model.damage_next_frame();
    model.show(blank_sight());
  });
  REQUIRE(rig.until_frames(3));
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until_count(1));
  CHECK(rig.codes[0].ok());
}

TEST_CASE("a decoder that dies or hangs costs frames, never the scanner") {
  const char* const way = GENERATE("--die", "--hang", "--lie");
  CameraRig rig(CameraPipe::isochronous, with_camera({BIANMIN_FRAME_DECODER, way}, 50));
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until_frames(5));
  CHECK(rig.scanner->state().usable());
  CHECK(rig.codes.empty());
}

TEST_CASE("a decoder that cannot be started is told") {
  CameraRig rig(CameraPipe::isochronous, with_camera({"/nonexistent/decoder"}));
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until([&] { return rig.scanner->state().code == "scanner.no_decoder"; }));
}

TEST_CASE("a camera that hangs is recovered, one that is pulled comes back") {
  CameraRig rig;
  REQUIRE(rig.until_frames(2));
  rig.device.change([](CameraModel& model) { model.hang(true); });
  REQUIRE(rig.until([&] { return !rig.scanner->state().usable(); }));
  rig.device.change([](CameraModel& model) { model.hang(false); });
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until_count(1));
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.scanner->state().condition == DeviceCondition::absent; }));
  rig.device.plug();
  REQUIRE(rig.until_ready());
  rig.show(sight_of("BM1:0721338643"));
  REQUIRE(rig.until_count(2));
  CHECK(*rig.codes[1] == "BM1:0721338643");
}

TEST_CASE("a fault at any transfer of a camera ends, and codes are read again") {
  const FaultKind fault = GENERATE(FaultKind::unplug, FaultKind::stall, FaultKind::timeout,
                                   FaultKind::short_answer, FaultKind::garbage, FaultKind::bit_flip);
  CameraRig rig;
  for (int at = 0; at < 8; ++at) {
    INFO("transfer " << at);
    rig.scanner->stop();
    REQUIRE(rig.until([&] { return !rig.streaming(); }));
    rig.device.fail_at(rig.device.transfer_count() + at, fault);
    rig.show(sight_of("BM1:072133864" + std::to_string(at)));
    rig.codes.clear();
    rig.listen();
    REQUIRE(rig.until([&] { return !rig.codes.empty() || !rig.device.plugged(); }));
    rig.device.forget_faults();
    if (!rig.device.plugged()) {
      rig.device.plug();
      rig.show(sight_of("BM1:072133864" + std::to_string(at)));
      REQUIRE(rig.until_count(1));
    }
    REQUIRE(rig.codes[0].ok());
    CHECK(*rig.codes[0] == "BM1:072133864" + std::to_string(at));
  }
}

TEST_CASE("a camera and a hand scanner are read side by side") {
  std::vector<scanner::CodeDriver> drivers = with_camera({BIANMIN_FRAME_DECODER});
  drivers.push_back(scanner::code_drivers().front());
  CameraRig rig(CameraPipe::isochronous, drivers);
  EmulatedDevice<emulator::ScannerModel> pos;
  pos.plug();
  REQUIRE(rig.until([&] { return pos.kernel_driver() == "usbfs"; }));
  pos.change([](emulator::ScannerModel& model) { model.scan("by hand"); });
  REQUIRE(rig.until_count(1));
  rig.show(sight_of("BM1:0721338641"));
  REQUIRE(rig.until_count(2));
  CHECK(*rig.codes[0] == "by hand");
  CHECK(*rig.codes[1] == "BM1:0721338641");
}

}  // namespace bianmin
