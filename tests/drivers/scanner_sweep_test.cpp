// The sweeps of code scanners: HID POS, serial, keyboard, and cameras over both kinds of pipes.
#include "drivers/emulator/camera_model.hpp"
#include "drivers/emulator/cdc_scanner_model.hpp"
#include "drivers/emulator/keyboard_scanner_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/scanner/camera_scanner.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/drivers/camera_sights.hpp"
#include "tests/drivers/fault_sweep.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using emulator::CameraModel;
using emulator::CameraPipe;
using emulator::CameraPixels;
using emulator::CdcScannerModel;
using emulator::FaultKind;
using emulator::KeyboardScannerModel;
using emulator::ScannerModel;

namespace {

// A code shown, and told.
template <typename Model>
class ScannerSubject : public EmulatedSubject<Model> {
 public:
  template <typename... Arguments>
  explicit ScannerSubject(std::string name, std::vector<scanner::CodeDriver> drivers, Arguments... arguments)
      : EmulatedSubject<Model>(arguments...), name_(std::move(name)) {
    scanner_ = std::make_unique<scanner::UsbCodeScanner>(*this->rig_.bus, this->rig_.loop, nullptr,
                                                         quick_recovery, std::move(drivers));
    scanner_->listen([this](Result<std::string> code) { hear(code); });
  }
  std::string name() const override { return name_; }
  DeviceState state() const override { return scanner_->state(); }
  void fail_at(int index, FaultKind kind) override {
    loses_ = kind == FaultKind::timeout || kind == FaultKind::late;
    EmulatedSubject<Model>::fail_at(index, kind);
  }
  void begin() override {
    ++number_;
    text_ = text_of(number_);
    heard_.reset();
    turns_ = 0;
    prepare(text_);
  }
  // Who hears no beep scans again.
  void go_on() override {
    constexpr int turns_between = 8;
    if (!scanner_->state().usable() || turns_++ % turns_between != 0) return;
    this->device_.change([this](Model& model) { show(model, text_); });
  }
  std::optional<std::string> ended() override {
    // After a fault a damaged code may be told; whoever scanned it sees that, and scans again.
    if (heard_ && *heard_ != "ok" && recovering_) return std::nullopt;
    return heard_;
  }
  // A code that is none is told only when the scanner sent one, or lost a part of it.
  bool honest(const std::string& ending, bool damaged) override {
    recovering_ = true;
    return ending == "ok" || ((damaged || loses_) && (ending == "scanner.bad_code" || ending == other_text));
  }
  void mend() override {
    recovering_ = false;
    loses_ = false;
  }
  std::int64_t limit_ms() const override {
    constexpr int next_part_ms = 2'000;
    constexpr int request_ms = 1'000;
    return std::int64_t{3} * (next_part_ms + request_ms);
  }

 protected:
  static constexpr const char* interloper = "ANOTHER CODE";  // of somebody else, and truly there

  virtual std::string text_of(int number) const = 0;
  virtual void prepare(const std::string&) {}
  virtual void show(Model& model, const std::string& text) = 0;

 private:
  static constexpr std::string_view other_text = "another text";

  void hear(const Result<std::string>& code) {
    if (heard_ == "ok" || (code && *code == interloper)) return;
    if (!code) heard_ = std::string(code.error().code);
    if (code) heard_ = *code == text_ ? "ok" : other_text;
  }

  std::string name_;
  int number_ = 0;
  int turns_ = 0;
  bool recovering_ = false;
  bool loses_ = false;  // the fault that is swept takes something away
  std::string text_;
  std::optional<std::string> heard_;
  std::unique_ptr<scanner::UsbCodeScanner> scanner_;
};

// In many parts.
template <typename Model, int length>
class HandScannerSubject : public ScannerSubject<Model> {
 public:
  explicit HandScannerSubject(std::string name)
      : ScannerSubject<Model>(std::move(name), scanner::code_drivers()) {}
  std::vector<SweepSubject::Spoiling> spoilings() override {
    return {this->spoiling("another code scanned",
                           [](Model& model) { model.scan(ScannerSubject<Model>::interloper); })};
  }

 protected:
  std::string text_of(int number) const override {
    return "BM1:" + std::to_string(number) + std::string(length, 'x');
  }
  void show(Model& model, const std::string& text) override { model.scan(text); }
};

std::vector<scanner::CodeDriver> quick_camera() {
  scanner::CameraOptions options;
  options.decoder = {BIANMIN_FRAME_DECODER};
  options.frame_deadline_ms = 20'000;
  options.silence_ms = 200;
  return {{"camera", scanner::camera_interface,
           [options] { return std::make_unique<scanner::CameraScanner>(options); }}};
}

// The code lies before it; nobody has to do anything.
class CameraSubject : public ScannerSubject<CameraModel> {
 public:
  CameraSubject(std::string name, CameraPipe pipe)
      : ScannerSubject(std::move(name), quick_camera(), pipe, CameraPixels::yuy2, tests::sight_width,
                       tests::sight_height) {}
  std::vector<Spoiling> spoilings() override {
    return {spoiling("code taken away", [](CameraModel& model) { model.show(tests::blank_sight()); }),
            spoiling("dark", [](CameraModel& model) { model.show(tests::blank_sight(0)); }),
            spoiling("another code", [](CameraModel& model) { model.show(tests::sight_of(interloper)); }),
            spoiling("hangs", [](CameraModel& model) { model.hang(true); })};
  }
  void mend() override {
    ScannerSubject::mend();
    device_.change([this](CameraModel& model) {
      model.hang(false);
      if (!sight_.empty()) model.show(sight_);
    });
  }

 protected:
  std::string text_of(int number) const override { return "BM1:" + std::to_string(721'338'000 + number); }
  void prepare(const std::string& text) override {
    sight_ = tests::sight_of(text);
    device_.change([this](CameraModel& model) { model.show(sight_); });
  }
  void show(CameraModel&, const std::string&) override {}

 private:
  Bytes sight_;
};

}  // namespace

TEST_CASE("faults of a code scanner", "[sweep]") {
  HandScannerSubject<ScannerModel, 400> subject("code scanner");
  sweep(subject, 50);
}

TEST_CASE("faults of a serial code scanner", "[sweep]") {
  HandScannerSubject<CdcScannerModel, 400> subject("serial code scanner");
  sweep(subject, 50);
}

TEST_CASE("faults of a keyboard code scanner", "[sweep]") {
  HandScannerSubject<KeyboardScannerModel, 6> subject("keyboard code scanner");
  sweep(subject, 100);
}

TEST_CASE("faults of a camera", "[sweep]") {
  CameraSubject subject("camera", CameraPipe::isochronous);
  sweep(subject, 50);
}

TEST_CASE("faults of a camera with a bulk pipe", "[sweep]") {
  CameraSubject subject("camera, bulk", CameraPipe::bulk);
  sweep(subject, 50);
}

}  // namespace bianmin
