#include "tests/bench/camera_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "drivers/emulator/camera_model.hpp"
#include "drivers/scanner/camera_scanner.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/bench/bare_device.hpp"
#include "tests/bench/report.hpp"
#include "tests/drivers/jpeg_picture.hpp"
#include "tests/drivers/slip_pictures.hpp"

namespace bianmin::bench {

namespace {

using emulator::CameraPixels;
using emulator::Testbed;

constexpr int turn_ms = 5;
constexpr int watch_ms = 4'000;  // of frames without a code
constexpr double camera_fps = 30;
// Three packets of 1,024 bytes in each of 8,000 microframes: the most that one endpoint may have.
constexpr double bus_byte_per_second = 3.0 * 1'024 * 8'000;

// Remembers when the first frame of the picture that it shows had been given whole.
class TimedCamera : public emulator::CameraModel {
 public:
  using CameraModel::CameraModel;
  std::optional<Bytes> give(std::uint8_t endpoint) override {
    constexpr unsigned end_of_frame = 2;
    auto payload = CameraModel::give(endpoint);
    if (payload && payload->size() > 1 && ((*payload)[1] & end_of_frame) != 0) {
      ++whole_count_;
      if (!ended_) ended_ = Steady::now();
    }
    return payload;
  }
  void show_anew(Bytes picture) {
    show(std::move(picture));
    ended_.reset();
  }
  std::optional<Steady::time_point> ended() const { return ended_; }
  int whole_count() const { return whole_count_; }

 private:
  std::optional<Steady::time_point> ended_;
  int whole_count_ = 0;
};

struct Shape {
  CameraPixels pixels;
  int width;
  int height;
};

Bytes sight(const Shape& shape, const std::optional<std::string>& text) {
  const scanner::GrayImage slip =
      text ? tests::drawn_slip("QRCode", *text, 4) : scanner::GrayImage{1, 1, {128}};
  scanner::GrayImage frame = tests::in_frame(slip, shape.width, shape.height, 5);
  return shape.pixels == CameraPixels::mjpeg ? tests::jpeg_of(frame) : std::move(frame.pixels);
}

// One camera with its driver and the decoder's child, and somebody who listens.
class Path {
 public:
  Path(Testbed& testbed, const Shape& shape)
      : testbed_(testbed),
        model_(*new TimedCamera(emulator::CameraPipe::isochronous, shape.pixels, shape.width, shape.height)),
        port_(testbed.add(model_)) {
    auto bus = usb::Bus::open(nullptr);
    if (!bus) fail("no bus");
    bus_ = std::move(*bus);
    testbed_.plug(port_);
    scanner_.emplace(*bus_, loop_, nullptr);
    scanner_->listen([this](Result<std::string> code) {
      if (code) told_ = *code;
    });
    until([&] { return scanner_->state().usable(); });
  }
  ~Path() {
    scanner_.reset();
    testbed_.unplug(port_);
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

  void show(const Bytes& picture) {
    testbed_.change([&] { model_.show_anew(picture); });
  }
  // From the last packet of the first frame that shows it to the listener.
  double told_after_ms(const Bytes& picture, const std::string& text) {
    show(picture);
    until([&] { return told_ == text; });
    const auto now = Steady::now();
    std::optional<Steady::time_point> ended;
    testbed_.change([&] { ended = model_.ended(); });
    return ended ? std::chrono::duration<double, std::milli>(now - *ended).count() : 0;
  }
  double frames_per_second() {
    const int before = count();
    const auto start = Steady::now();
    const auto end = start + std::chrono::milliseconds(watch_ms);
    while (Steady::now() < end) loop_.run_once(turn_ms);
    return (count() - before) / std::chrono::duration<double>(Steady::now() - start).count();
  }

 private:
  template <typename Condition>
  void until(const Condition& is_true) {
    constexpr int patience_s = 60;
    const auto end = Steady::now() + std::chrono::seconds(patience_s);
    while (!is_true()) {
      if (Steady::now() > end) fail("the camera's code is not told");
      loop_.run_once(turn_ms);
    }
  }
  int count() {
    int frames = 0;
    testbed_.change([&] { frames = model_.whole_count(); });
    return frames;
  }

  Testbed& testbed_;
  TimedCamera& model_;  // outlives the testbed
  Testbed::Port port_;
  SystemClock clock_;
  EventLoop loop_{clock_};
  std::unique_ptr<usb::Bus> bus_;
  std::optional<scanner::UsbCodeScanner> scanner_;
  std::string told_;
};

void measure(Testbed& testbed, const Shape& shape, int times) {
  const bool jpeg = shape.pixels == CameraPixels::mjpeg;
  const std::string name =
      fmt::format("camera, {}x{} {}", shape.width, shape.height, jpeg ? "MJPEG" : "YUY2");
  const std::array<std::string, 2> texts = {"BM1:0721338641", "BM1:0721338642"};
  const std::array<Bytes, 2> pictures = {sight(shape, texts[0]), sight(shape, texts[1])};
  const Bytes empty = sight(shape, std::nullopt);
  const double frame_bytes = static_cast<double>(empty.size()) * (jpeg ? 1 : 2);
  const double most_fps = std::min(camera_fps, bus_byte_per_second / frame_bytes);
  Path path(testbed, shape);
  std::vector<double> taken;
  for (int i = 0; i < times; ++i) {
    const auto which = static_cast<std::size_t>(i % 2);
    taken.push_back(path.told_after_ms(pictures[which], texts[which]));
  }
  const double with_code = path.frames_per_second();
  path.show(empty);
  const double without_code = path.frames_per_second();
  const std::string limit = fmt::format("{:.1f} by the bus and 30 a second", most_fps);
  print({name + ", frames a second, a code in view", fmt::format("{:.1f}", with_code), limit,
         bench::times(with_code / most_fps)});
  print({name + ", frames a second, no code in view", fmt::format("{:.1f}", without_code), limit,
         bench::times(without_code / most_fps)});
  print({name + ", code told after its last packet",
         fmt::format("{:.1f} ms, worst {:.1f}", median(taken), *std::max_element(taken.begin(), taken.end())),
         fmt::format("{:.1f} ms for its packets", 1'000 * frame_bytes / bus_byte_per_second), ""});
}

}  // namespace

void measure_cameras(Testbed& testbed, int times) {
  for (const auto& [width, height] : {std::pair{640, 480}, {1'280, 720}, {1'920, 1'080}}) {
    for (const CameraPixels pixels : {CameraPixels::yuy2, CameraPixels::mjpeg})
      measure(testbed, {pixels, width, height}, times);
  }
}

}  // namespace bianmin::bench
