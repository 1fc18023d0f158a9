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

constexpr std::size_t work_pixel_max = 600'000;  // more, and the whole picture is looked at smaller
constexpr std::size_t strip_pixel_max = 500'000;
constexpr std::size_t double_pixel_max = 400'000;
constexpr std::size_t crop_pixel_max = 400'000;
constexpr int tiny_side_max = 160;  // drawn by a program without the border a code needs
constexpr std::size_t places_max = 4;
constexpr std::size_t best_places_max = 2;
constexpr std::size_t place_pixels_max = 300'000;  // of all together
constexpr std::size_t bars_max = 2;
constexpr std::size_t small_cheap_count = 3;  // the first rungs, climbed in every picture
constexpr std::size_t large_cheap_count = 7;
constexpr int equal_lines_min = 4;  // that read the same in a linear code
constexpr std::size_t code39_length_min = 4;
constexpr std::size_t itf_length_min = 8;

const BarcodeFormats linear_formats = BarcodeFormat::EAN13 | BarcodeFormat::EAN8 | BarcodeFormat::UPCA |
                                      BarcodeFormat::Code128 | BarcodeFormat::Code39 | BarcodeFormat::ITF;
const BarcodeFormats barred_formats = linear_formats | BarcodeFormat::PDF417;
const BarcodeFormats square_formats = BarcodeFormat::QRCode | BarcodeFormat::DataMatrix;
const BarcodeFormats place_formats = square_formats | BarcodeFormat::PDF417;
const BarcodeFormats usual_formats = barred_formats | square_formats;

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
  using Make = GrayImage (*)(const GrayImage&);
  struct Rung {
    const char* name;
    std::function<bool()> climb;  // true: found
  };
  bool scaled() const { return work_ != image_; }
  bool time_left() const { return spent_us() < until_us_; }
  // `changed`: not as the camera saw it.
  bool look(const GrayImage& image, bool changed, BarcodeFormats formats = usual_formats);
  bool places(Make make, BarcodeFormats formats, std::size_t count_max);
  bool strips(Make make);
  bool smoothed_strips();
  const std::vector<GrayImage>& crops();
  std::vector<GrayImage> strips_of(double scale_across, double scale_along);
  // The cheap ones first.
  std::vector<Rung> small_rungs();
  std::vector<Rung> large_rungs();

  const LadderLimits& limits_;
  std::int64_t until_us_;
  GrayImage larger_;
  GrayImage smaller_;
  const GrayImage* image_;           // as it came, or with a border and larger when it was tiny
  const GrayImage* work_ = nullptr;  // the same, or smaller
  std::optional<std::vector<GrayImage>> crops_;
  std::optional<std::vector<GrayImage>> strips_;
  std::vector<DecodedCode> suspected_;  // linear ones seen once
  LadderResult result_;
};

Climb::Climb(const GrayImage& image, const LadderLimits& limits)
    : limits_(limits), until_us_(spent_us() + std::int64_t{limits.budget_ms} * 1'000), image_(&image) {
  if (std::max(image.width, image.height) <= tiny_side_max) {
    constexpr int margin = 8;
    larger_ = with_margin(image, margin);
    while (std::max(larger_.width, larger_.height) <= 2 * tiny_side_max) larger_ = doubled(larger_);
    image_ = &larger_;
  }
  work_ = image_;
  while (work_->pixels.size() > work_pixel_max) {
    smaller_ = halved(*work_);
    work_ = &smaller_;
  }
}

bool Climb::look(const GrayImage& image, bool changed, BarcodeFormats formats) {
  ZXing::DecodeHints hints;
  hints.setFormats(formats)
      .setTryHarder(true)
      .setTryRotate(formats != barred_formats)
      .setMinLineCount(equal_lines_min);
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
  const int scale = image_->width / work_->width;
  for (const Region& region : busy_regions(*work_, places_max)) {
    if (!scaled() && region.width * 10 > work_->width * 9 && region.height * 10 > work_->height * 9) continue;
    GrayImage crop =
        cropped(*image_, region.x * scale, region.y * scale, region.width * scale, region.height * scale);
    while (crop.pixels.size() > crop_pixel_max) crop = halved(crop);
    pixels += crop.pixels.size();
    if (pixels > place_pixels_max && !crops_->empty()) break;
    crops_->push_back(std::move(crop));
  }
  return *crops_;
}

bool Climb::places(Make make, BarcodeFormats formats, std::size_t count_max) {
  const std::vector<GrayImage>& all = crops();
  for (std::size_t i = 0; i < all.size() && i < count_max; ++i) {
    if (!time_left()) return false;
    if (look(make(all[i]), true, formats)) return true;
  }
  return false;
}

// A strip for each place of bars, so many times as wide and high as in the picture.
std::vector<GrayImage> Climb::strips_of(double scale_across, double scale_along) {
  std::vector<GrayImage> out;
  const double finer = double(image_->width) / work_->width;
  for (Bars found : find_bars(*work_, bars_max)) {
    found.x *= finer, found.y *= finer, found.across *= finer, found.along *= finer;
    const double area = found.across * found.along * scale_across * scale_along;
    const double fits = std::min(std::sqrt(double(strip_pixel_max) / area), 1.0);
    out.push_back(upright(*image_, found, scale_across * fits, scale_along * fits));
  }
  return out;
}

bool Climb::strips(Make make) {
  if (!strips_) strips_ = strips_of(2, 2);
  for (const GrayImage& strip : *strips_) {
    if (!time_left()) return false;
    if (look(make(strip), true, barred_formats)) return true;
  }
  return false;
}

bool Climb::smoothed_strips() {
  for (const GrayImage& strip : strips_of(3, 1)) {
    if (!time_left()) return false;
    if (look(smoothed_upright(strip, 4), true, barred_formats)) return true;
  }
  return false;
}

GrayImage twice_if_small(const GrayImage& image) {
  return image.pixels.size() <= double_pixel_max ? doubled(image) : image;
}
GrayImage as_is(const GrayImage& image) { return image; }
GrayImage thresholded_16(const GrayImage& image) { return thresholded(image, 16); }
GrayImage thresholded_24(const GrayImage& image) { return thresholded(image, 24); }
GrayImage thresholded_64(const GrayImage& image) { return thresholded(image, 64); }
GrayImage smoothed_thresholded(const GrayImage& image) {
  return thresholded(smoothed(smoothed(image, 1), 1), 16);
}
GrayImage doubled_thresholded(const GrayImage& image) { return thresholded(twice_if_small(image), 24); }
GrayImage doubled_sharpened(const GrayImage& image) { return sharpened(twice_if_small(image), 3, 200); }
GrayImage inverted_thresholded(const GrayImage& image) { return thresholded(inverted(image), 24); }
GrayImage inverted_smoothed(const GrayImage& image) { return thresholded(smoothed(inverted(image), 1), 16); }
GrayImage median_sharpened(const GrayImage& image) { return sharpened(median(image), 3, 200); }
GrayImage median_twice(const GrayImage& image) { return median(median(image)); }
GrayImage sharpened_widely(const GrayImage& image) { return sharpened(image, 6, 500); }

std::vector<Climb::Rung> Climb::small_rungs() {
  const auto whole = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return look(make(*work_), true); }};
  };
  const auto place = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return places(make, usual_formats, places_max); }};
  };
  const auto strip = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return strips(make); }};
  };
  const auto micro = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return look(make(*work_), false, BarcodeFormat::MicroQRCode); }};
  };
  return {{"plain", [this] { return look(*image_, false); }},
          whole("thresholded", thresholded_16),
          whole("inverted", inverted),
          whole("smoothed thresholded", smoothed_thresholded),
          strip("upright", as_is),
          whole("stretched", stretched),
          whole("doubled thresholded", doubled_thresholded),
          place("place", as_is),
          place("place inverted", inverted_thresholded),
          {"upright smoothed", [this] { return smoothed_strips(); }},
          strip("upright thresholded", thresholded_24),
          strip("upright stretched", stretched),
          place("place doubled", doubled_thresholded),
          whole("doubled sharpened", doubled_sharpened),
          micro("micro", as_is),
          micro("micro doubled", twice_if_small),
          micro("micro thresholded", thresholded_16),
          whole("median sharpened", median_sharpened),
          whole("halved", halved),
          whole("median twice", median_twice),
          whole("inverted thresholded", inverted_smoothed),
          whole("sharpened", sharpened_widely),
          whole("threshold 64", thresholded_64),
          place("place smoothed", smoothed_thresholded)};
}

std::vector<Climb::Rung> Climb::large_rungs() {
  const auto place = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return places(make, place_formats, places_max); }};
  };
  const auto best = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return places(make, place_formats, best_places_max); }};
  };
  const auto strip = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return strips(make); }};
  };
  const auto micro = [this](const char* name, Make make) {
    return Rung{name, [this, make] { return places(make, BarcodeFormat::MicroQRCode, best_places_max); }};
  };
  return {place("place", as_is),
          place("place stretched", stretched),
          best("place median sharpened", median_sharpened),
          place("place inverted", inverted),
          strip("upright thresholded", thresholded_24),
          strip("upright stretched", stretched),
          {"smaller", [this] { return look(*work_, false); }},
          best("place smoothed", smoothed_thresholded),
          best("place sharpened", sharpened_widely),
          best("place thresholded", thresholded_16),
          best("place doubled sharpened", doubled_sharpened),
          strip("upright", as_is),
          {"upright smoothed", [this] { return smoothed_strips(); }},
          best("place halved", halved),
          {"thresholded", [this] { return look(thresholded(*work_, 16), true); }},
          best("place median twice", median_twice),
          strip("upright inverted", inverted),
          strip("upright median", median),
          {"inverted", [this] { return look(inverted(*work_), true); }},
          micro("micro", as_is),
          micro("micro thresholded", thresholded_16),
          micro("micro doubled", twice_if_small),
          best("place inverted smoothed", inverted_smoothed),
          best("place inverted thresholded", inverted_thresholded),
          best("place threshold 64", thresholded_64),
          best("place doubled", doubled_thresholded),
          {"plain", [this] { return look(*image_, false); }}};
}

LadderResult Climb::run() {
  result_.next_rung = limits_.first_rung;
  const std::vector<Rung> rungs = scaled() ? large_rungs() : small_rungs();
  const std::size_t cheap_count = scaled() ? large_cheap_count : small_cheap_count;
  const std::size_t dear_count = rungs.size() - cheap_count;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    std::size_t at = i;
    if (i >= cheap_count) {
      if (!time_left()) break;
      const std::size_t dear = (limits_.first_rung + i - cheap_count) % dear_count;
      at = cheap_count + dear;
      result_.next_rung = (dear + 1) % dear_count;
    }
    if (rungs[at].climb()) {
      result_.rung = rungs[at].name;
      break;
    }
    if (!time_left()) break;
  }
  return std::move(result_);
}

}  // namespace

Result<LadderResult> climb_ladder(const GrayImage& image, const LadderLimits& limits) {
  if (!image.valid()) return Error{Remedy::refuse, "image.broken", "no picture"};
  return Climb(image, limits).run();
}

}  // namespace bianmin::scanner
