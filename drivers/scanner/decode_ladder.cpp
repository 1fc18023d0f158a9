#include "drivers/scanner/decode_ladder.hpp"

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "drivers/scanner/image_filters.hpp"
#include "drivers/scanner/image_places.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::scanner {

namespace {

using ZXing::BarcodeFormat;
using ZXing::BarcodeFormats;

constexpr std::size_t work_pixel_max = 1'000'000;  // more, and the whole picture is looked at smaller
constexpr std::size_t double_pixel_max = 400'000;
constexpr std::size_t crop_pixel_max = 400'000;
constexpr int tiny_side_max = 160;  // drawn by a program without the border a code needs
constexpr std::size_t regions_max = 6;
constexpr std::size_t region_pixels_max = 500'000;  // of all together
constexpr std::size_t bars_max = 3;
constexpr int equal_lines_min = 4;  // that read the same in a linear code
constexpr std::size_t code39_length_min = 4;
constexpr std::size_t itf_length_min = 8;

const BarcodeFormats linear_formats = BarcodeFormat::EAN13 | BarcodeFormat::EAN8 | BarcodeFormat::UPCA |
                                      BarcodeFormat::Code128 | BarcodeFormat::Code39 | BarcodeFormat::ITF;
const BarcodeFormats barred_formats = linear_formats | BarcodeFormat::PDF417;
const BarcodeFormats usual_formats = barred_formats | BarcodeFormat::QRCode | BarcodeFormat::DataMatrix;

// Beside a check digit of one in ten or none; Code 128 has one in 103 and a form for each character.
bool is_weak(BarcodeFormat format) {
  return format != BarcodeFormat::Code128 && BarcodeFormats(linear_formats).testFlag(format);
}
bool is_linear(BarcodeFormat format) { return BarcodeFormats(linear_formats).testFlag(format); }

bool too_short(BarcodeFormat format, std::size_t length) {
  return (format == BarcodeFormat::Code39 && length < code39_length_min) ||
         (format == BarcodeFormat::ITF && length < itf_length_min);
}

// By this thread alone, so that what is read does not hang on what else the machine does.
std::int64_t spent_us() {
  timespec spent{};
  (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::int64_t{spent.tv_sec} * 1'000'000 + spent.tv_nsec / 1'000;
}

// One climb: the pictures that several rungs share, and what was seen so far.
class Climb {
 public:
  Climb(const GrayImage& image, const LadderLimits& limits);
  LadderResult run();

 private:
  using Make = std::function<GrayImage(const GrayImage&)>;
  struct Rung {
    const char* name;
    std::function<bool()> climb;  // true: found
  };
  bool time_left() const { return spent_us() < until_us_; }
  // `changed`: not as the camera saw it.
  bool look(const GrayImage& image, bool changed, BarcodeFormats formats = usual_formats);
  // The places where a code may be: of a small picture the whole, of a large one its busy parts, finer.
  bool targets(const Make& make);
  bool regions(const Make& make);
  bool strips(double scale, const Make& make);
  const std::vector<GrayImage>& crops();
  const std::vector<Bars>& bars();
  std::vector<Rung> cheap();
  std::vector<Rung> dear();

  const LadderLimits& limits_;
  std::int64_t until_us_;
  GrayImage image_;  // as it came, or with a border and larger when it was tiny
  GrayImage work_;   // the same, or smaller
  bool scaled_ = false;
  std::optional<std::vector<GrayImage>> crops_;
  std::optional<std::vector<Bars>> bars_;
  std::vector<DecodedCode> suspected_;  // linear ones seen once
  LadderResult result_;
};

Climb::Climb(const GrayImage& image, const LadderLimits& limits)
    : limits_(limits), until_us_(spent_us() + std::int64_t{limits.budget_ms} * 1'000), image_(image) {
  if (std::max(image.width, image.height) <= tiny_side_max) {
    constexpr int margin = 8;
    image_ = with_margin(image_, margin);
    while (std::max(image_.width, image_.height) <= 2 * tiny_side_max) image_ = doubled(image_);
  }
  work_ = image_;
  while (work_.pixels.size() > work_pixel_max) {
    work_ = halved(work_);
    scaled_ = true;
  }
}

bool Climb::look(const GrayImage& image, bool changed, BarcodeFormats formats) {
  ZXing::DecodeHints hints;
  hints.setFormats(formats).setTryHarder(true).setTryRotate(true).setMinLineCount(equal_lines_min);
  const ZXing::ImageView view(image.pixels.data(), image.width, image.height, ZXing::ImageFormat::Lum);
  const ZXing::Result read = ZXing::ReadBarcode(view, hints);
  if (!read.isValid()) return false;
  DecodedCode code{ZXing::ToString(read.format()), read.text()};
  if (code.text.empty() || !valid_utf8(code.text) || too_short(read.format(), code.text.size())) return false;
  if (is_weak(read.format()) || (changed && is_linear(read.format()))) {
    const auto before = std::find(suspected_.begin(), suspected_.end(), code);
    if (before == suspected_.end()) {
      suspected_.push_back(std::move(code));
      return false;
    }
  }
  result_.codes = {std::move(code)};
  return true;
}

const std::vector<GrayImage>& Climb::crops() {
  if (crops_) return *crops_;
  crops_.emplace();
  std::size_t pixels = 0;
  const int scale = image_.width / work_.width;
  for (const Region& region : busy_regions(work_, regions_max)) {
    if (!scaled_ && region.width * 10 > work_.width * 9 && region.height * 10 > work_.height * 9) continue;
    GrayImage crop =
        cropped(image_, region.x * scale, region.y * scale, region.width * scale, region.height * scale);
    while (crop.pixels.size() > crop_pixel_max) crop = halved(crop);
    pixels += crop.pixels.size();
    if (pixels > region_pixels_max && !crops_->empty()) break;
    crops_->push_back(std::move(crop));
  }
  return *crops_;
}

const std::vector<Bars>& Climb::bars() {
  if (!bars_) bars_ = find_bars(work_, bars_max);
  return *bars_;
}

bool Climb::targets(const Make& make) { return scaled_ ? regions(make) : look(make(work_), true); }

bool Climb::regions(const Make& make) {
  for (const GrayImage& crop : crops()) {
    if (!time_left()) return false;
    if (look(make(crop), true)) return true;
  }
  return false;
}

bool Climb::strips(double scale, const Make& make) {
  const double finer = double(image_.width) / work_.width;
  for (Bars found : bars()) {
    if (!time_left()) return false;
    found.x *= finer, found.y *= finer, found.across *= finer, found.along *= finer;
    const double area = found.across * found.along;
    const double fits = std::sqrt(double(work_pixel_max) / (area * scale * scale));
    if (look(make(upright(image_, found, scale * std::min(fits, 1.0))), true, barred_formats)) return true;
  }
  return false;
}

GrayImage twice_if_small(const GrayImage& image) {
  return image.pixels.size() <= double_pixel_max ? doubled(image) : image;
}

std::vector<Climb::Rung> Climb::cheap() {
  std::vector<Rung> rungs;
  if (scaled_) rungs.push_back({"smaller", [this] { return look(work_, false); }});
  if (!scaled_) rungs.push_back({"plain", [this] { return look(image_, false); }});
  if (scaled_) rungs.push_back({"region", [this] { return regions([](const GrayImage& i) { return i; }); }});
  rungs.push_back({"thresholded", [this] { return look(thresholded(work_, 16), true); }});
  rungs.push_back({"inverted", [this] { return look(inverted(work_), true); }});
  if (scaled_) rungs.push_back({"plain", [this] { return look(image_, false); }});
  return rungs;
}

std::vector<Climb::Rung> Climb::dear() {
  const auto rung = [this](const char* name, Make make) {
    return Rung{name, [this, make = std::move(make)] { return targets(make); }};
  };
  const auto region_rung = [this](const char* name, Make make) {
    return Rung{name, [this, make = std::move(make)] { return regions(make); }};
  };
  std::vector<Rung> rungs;
  rungs.push_back(rung("smoothed thresholded",
                       [](const GrayImage& i) { return thresholded(smoothed(smoothed(i, 1), 1), 16); }));
  rungs.push_back({"upright", [this] { return strips(2, [](const GrayImage& i) { return i; }); }});
  rungs.push_back(rung("stretched", [](const GrayImage& i) { return stretched(i); }));
  rungs.push_back(
      rung("doubled thresholded", [](const GrayImage& i) { return thresholded(twice_if_small(i), 24); }));
  if (!scaled_) rungs.push_back(region_rung("region", [](const GrayImage& i) { return i; }));
  rungs.push_back(
      region_rung("region inverted", [](const GrayImage& i) { return thresholded(inverted(i), 24); }));
  rungs.push_back({"upright smoothed",
                   [this] { return strips(3, [](const GrayImage& i) { return smoothed_upright(i, 12); }); }});
  if (!scaled_)
    rungs.push_back(
        region_rung("region doubled", [](const GrayImage& i) { return thresholded(twice_if_small(i), 24); }));
  rungs.push_back(
      rung("doubled sharpened", [](const GrayImage& i) { return sharpened(twice_if_small(i), 3, 200); }));
  rungs.push_back({"micro", [this] { return look(work_, false, BarcodeFormat::MicroQRCode); }});
  rungs.push_back(
      {"micro doubled", [this] { return look(twice_if_small(work_), false, BarcodeFormat::MicroQRCode); }});
  rungs.push_back({"micro thresholded",
                   [this] { return look(thresholded(work_, 16), false, BarcodeFormat::MicroQRCode); }});
  rungs.push_back(rung("median sharpened", [](const GrayImage& i) { return sharpened(median(i), 3, 200); }));
  rungs.push_back(rung("halved", [](const GrayImage& i) { return halved(i); }));
  rungs.push_back(rung("median twice", [](const GrayImage& i) { return median(median(i)); }));
  rungs.push_back(rung("inverted thresholded",
                       [](const GrayImage& i) { return thresholded(smoothed(inverted(i), 1), 16); }));
  rungs.push_back(rung("sharpened", [](const GrayImage& i) { return sharpened(i, 6, 500); }));
  rungs.push_back(rung("threshold 64", [](const GrayImage& i) { return thresholded(i, 64); }));
  rungs.push_back(
      region_rung("region smoothed", [](const GrayImage& i) { return thresholded(smoothed(i, 1), 16); }));
  return rungs;
}

LadderResult Climb::run() {
  result_.next_rung = limits_.first_rung;
  const auto found_by = [this](const Rung& rung) {
    if (!rung.climb()) return false;
    result_.rung = rung.name;
    return true;
  };
  for (const Rung& rung : cheap()) {
    if (found_by(rung)) return std::move(result_);
    if (!time_left()) return std::move(result_);
  }
  const std::vector<Rung> rungs = dear();
  for (std::size_t i = 0; i < rungs.size() && time_left(); ++i) {
    const std::size_t at = (limits_.first_rung + i) % rungs.size();
    result_.next_rung = (at + 1) % rungs.size();
    if (found_by(rungs[at])) break;
  }
  return std::move(result_);
}

}  // namespace

Result<LadderResult> climb_ladder(const GrayImage& image, const LadderLimits& limits) {
  if (!image.valid()) return Error{Remedy::refuse, "image.broken", "no picture"};
  return Climb(image, limits).run();
}

}  // namespace bianmin::scanner
