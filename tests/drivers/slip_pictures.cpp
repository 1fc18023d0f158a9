#include "tests/drivers/slip_pictures.hpp"

#include <ZXing/BarcodeFormat.h>
#include <ZXing/BitMatrix.h>
#include <ZXing/CharacterSet.h>
#include <ZXing/MultiFormatWriter.h>
#include <ZXing/TextUtfEncoding.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace bianmin::tests {

namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }
std::uint8_t byte_of(double value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)); }
GrayImage blank(int width, int height, std::uint8_t value = 0) {
  return {width, height, std::vector<std::uint8_t>(index(width) * index(height), value)};
}
std::uint8_t& at(GrayImage& image, int x, int y) {
  return image.pixels[index(y) * index(image.width) + index(x)];
}
double value(const GrayImage& image, int x, int y) {
  return image.pixels[index(std::clamp(y, 0, image.height - 1)) * index(image.width) +
                      index(std::clamp(x, 0, image.width - 1))];
}

double sample(const GrayImage& image, double x, double y) {
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const double u = x - left;
  const double v = y - top;
  return (value(image, left, top) * (1 - u) + value(image, left + 1, top) * u) * (1 - v) +
         (value(image, left, top + 1) * (1 - u) + value(image, left + 1, top + 1) * u) * v;
}

struct Point {
  double x;
  double y;
};

// Each pixel from where `back` says it comes; four looks to a pixel.
template <typename Back>
GrayImage warped(const GrayImage& image, int width, int height, Back back) {
  constexpr double desk = 170;
  GrayImage out = blank(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (int look = 0; look < 4; ++look) {
        const Point from = back(x + 0.25 + 0.5 * (look % 2), y + 0.25 + 0.5 * (look / 2));
        const bool inside = from.x >= 0 && from.y >= 0 && from.x < image.width && from.y < image.height;
        sum += inside ? sample(image, from.x - 0.5, from.y - 0.5) : desk;
      }
      at(out, x, y) = byte_of(sum / 4);
    }
  }
  return out;
}

GrayImage rotated(const GrayImage& image, double degrees) {
  const double cosine = std::cos(degrees * std::numbers::pi / 180);
  const double sine = std::sin(degrees * std::numbers::pi / 180);
  const int width = static_cast<int>(image.width * cosine + image.height * sine) + 1;
  const int height = static_cast<int>(image.width * sine + image.height * cosine) + 1;
  return warped(image, width, height, [&](double x, double y) {
    const double from_x = x - width / 2.0;
    const double from_y = y - height / 2.0;
    return Point{from_x * cosine + from_y * sine + image.width / 2.0,
                 from_y * cosine - from_x * sine + image.height / 2.0};
  });
}

// The top lies further away than the bottom: 1 + `farther` times as far.
GrayImage tilted(const GrayImage& image, double farther) {
  return warped(image, image.width, image.height, [&](double x, double y) {
    const double up = 1 - y / image.height;
    const double far = up / (1 - std::min(farther * up, 0.999));
    return Point{((x / image.width - 0.5) * (1 + farther * far) + 0.5) * image.width,
                 (1 - far) * image.height};
  });
}

GrayImage scaled(const GrayImage& image, double factor) {
  constexpr int looks = 4;
  GrayImage out = blank(static_cast<int>(image.width * factor), static_cast<int>(image.height * factor));
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      double sum = 0;
      for (int look = 0; look < looks * looks; ++look) {
        sum += sample(image, (x + (look % looks + 0.5) / looks) / factor - 0.5,
                      (y + (look / looks + 0.5) / looks) / factor - 0.5);
      }
      at(out, x, y) = byte_of(sum / (looks * looks));
    }
  }
  return out;
}

// The weighted mean along rows (`step_x` 1) or columns.
GrayImage averaged(const GrayImage& image, const std::vector<double>& weights, int step_x, int step_y) {
  GrayImage out = image;
  const int middle = static_cast<int>(weights.size() / 2);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      double sum = 0;
      double total = 0;
      for (int i = 0; i < static_cast<int>(weights.size()); ++i) {
        sum += weights[index(i)] * value(image, x + (i - middle) * step_x, y + (i - middle) * step_y);
        total += weights[index(i)];
      }
      at(out, x, y) = byte_of(sum / total);
    }
  }
  return out;
}

GrayImage blurred(const GrayImage& image, double sigma) {
  std::vector<double> weights;
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  for (int i = -radius; i <= radius; ++i) weights.push_back(std::exp(-i * i / (2 * sigma * sigma)));
  return averaged(averaged(image, weights, 1, 0), weights, 0, 1);
}

GrayImage moved(const GrayImage& image, int pixels) {
  return averaged(image, std::vector<double>(index(pixels), 1.0), 1, 0);
}

GrayImage noisy(GrayImage image, double sigma) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, sigma);
  for (std::uint8_t& pixel : image.pixels) pixel = byte_of(pixel + noise(random));
  return image;
}

GrayImage speckled(GrayImage image, unsigned percent) {
  std::mt19937 random(9);
  for (std::uint8_t& pixel : image.pixels) {
    const auto drawn = static_cast<unsigned>(random() % 200);
    if (drawn < 2 * percent) pixel = drawn < percent ? 0 : 255;
  }
  return image;
}

GrayImage ranged(GrayImage image, double dark, double light) {
  for (std::uint8_t& pixel : image.pixels) pixel = byte_of(dark + (light - dark) * pixel / 255);
  return image;
}

GrayImage reversed(GrayImage image) {
  for (std::uint8_t& pixel : image.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
  return image;
}

// Light that falls off from one corner to the other, to `least` of what it was.
GrayImage shaded(GrayImage image, double least) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double way = (double(x) / image.width + double(y) / image.height) / 2;
      at(image, x, y) = byte_of(at(image, x, y) * (1 + (least - 1) * way));
    }
  }
  return image;
}

// A lamp mirrored a little right of the middle.
GrayImage glaring(GrayImage image, double strength, double radius) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double u = (x - image.width * 0.55) / (image.width * radius);
      const double v = (y - image.height * 0.5) / (image.width * radius);
      at(image, x, y) = byte_of(at(image, x, y) * 0.7 + 255 * strength * std::exp(-(u * u + v * v)));
    }
  }
  return image;
}

std::vector<Degradation> make_degradations() {
  using Image = const GrayImage&;
  std::vector<Degradation> all = {{"none", [](Image i) { return i; }}};
  const auto add = [&all](std::string name, auto apply) { all.push_back({std::move(name), apply}); };
  for (const int angle : {7, 20, 33, 45})
    add("turned by " + std::to_string(angle), [angle](Image i) { return rotated(i, angle); });
  for (const int tenths : {15, 25, 35})
    add("blur " + std::to_string(tenths), [tenths](Image i) { return blurred(i, tenths / 10.0); });
  for (const int way : {7, 11}) add("moved " + std::to_string(way), [way](Image i) { return moved(i, way); });
  for (const int sigma : {30, 60, 90})
    add("noise " + std::to_string(sigma), [sigma](Image i) { return noisy(i, sigma); });
  for (const unsigned percent : {5U, 10U, 20U})
    add("specks " + std::to_string(percent), [percent](Image i) { return speckled(i, percent); });
  add("inverted", [](Image i) { return reversed(i); });
  add("inverted, turned, blurred", [](Image i) { return blurred(rotated(reversed(i), 12), 1.2); });
  for (const int range : {40, 16, 8})
    add("contrast " + std::to_string(range),
        [range](Image i) { return ranged(i, 128 - range / 2.0, 128 + range / 2.0); });
  add("contrast 24, noise 6", [](Image i) { return noisy(ranged(i, 90, 114), 6); });
  add("dark side", [](Image i) { return shaded(i, 0.12); });
  add("dark side, noise 6", [](Image i) { return noisy(shaded(i, 0.15), 6); });
  add("glare", [](Image i) { return glaring(i, 0.6, 0.2); });
  add("strong glare", [](Image i) { return glaring(i, 0.9, 0.2); });
  add("wide glare", [](Image i) { return glaring(i, 0.8, 0.5); });
  for (const int farther : {3, 6, 10})
    add("tilted " + std::to_string(farther), [farther](Image i) { return tilted(i, farther / 10.0); });
  add("turned, tilted", [](Image i) { return tilted(rotated(i, 25), 0.5); });
  add("half size", [](Image i) { return scaled(i, 0.5); });
  add("third of the size", [](Image i) { return scaled(i, 0.34); });
  add("quarter of the size", [](Image i) { return scaled(i, 0.26); });
  add("half size, blur 10", [](Image i) { return blurred(scaled(i, 0.5), 1.0); });
  add("half size, noise 25", [](Image i) { return noisy(scaled(i, 0.5), 25); });
  add("phone: dark, tilted, glare", [](Image i) { return glaring(tilted(reversed(i), 0.25), 0.4, 0.3); });
  return all;
}

void print_row(GrayImage& slip, int top, std::mt19937& random) {
  for (int left = 20; left + 14 < slip.width - 20; left += 16) {
    if (random() % 5 == 0) continue;
    for (int y = 0; y < 18; ++y) {
      for (int x = 0; x < 13; ++x) {
        if (random() % 3 == 0 || x % 5 == 0) at(slip, left + x, top + y) = 25;
      }
    }
  }
}

}  // namespace

const std::vector<Degradation>& degradations() {
  static const std::vector<Degradation> all = make_degradations();
  return all;
}

GrayImage drawn_slip(const std::string& format, const std::string& text, int module) {
  using ZXing::BarcodeFormat;
  const BarcodeFormat kind = ZXing::BarcodeFormatFromString(format);
  const bool flat = kind == BarcodeFormat::Code128 || kind == BarcodeFormat::Code39;
  ZXing::MultiFormatWriter writer(kind);
  writer.setEncoding(ZXing::CharacterSet::UTF8).setMargin(4);
  if (kind == BarcodeFormat::QRCode) writer.setEccLevel(2);
  const ZXing::BitMatrix code = writer.encode(ZXing::TextUtfEncoding::FromUtf8(text), 1, flat ? 25 : 1);
  const int code_width = code.width() * module;
  const int code_height = code.height() * module;
  GrayImage slip = blank(std::max(384, code_width + 40), code_height + 260, 245);
  std::mt19937 random(3);
  for (const int top : {20, 50, 80}) print_row(slip, top, random);
  for (const int top : {150, 180, 210}) print_row(slip, top + code_height, random);
  for (int y = 0; y < code_height; ++y) {
    for (int x = 0; x < code_width; ++x) {
      if (code.get(x / module, y / module)) at(slip, x + (slip.width - code_width) / 2, y + 120) = 25;
    }
  }
  return slip;
}

GrayImage in_frame(const GrayImage& slip, int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&random](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  GrayImage frame = blank(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      at(frame, x, y) = byte_of(120 + 50 * std::sin(x / 90.0 + seed) * std::cos(y / 70.0) + below(9));
  }
  for (int thing = 0; thing < 40; ++thing) {
    const int left = below(width - 60);
    const int top = below(height - 40);
    const int right = std::min(width, left + 20 + below(400));
    const int bottom = std::min(height, top + 4 + below(200));
    const int gray = below(256);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) at(frame, x, y) = byte_of((at(frame, x, y) + gray) / 2.0);
    }
  }
  const int left = below(std::max(1, width - slip.width));
  const int top = below(std::max(1, height - slip.height));
  for (int y = 0; y < std::min(slip.height, height - top); ++y) {
    for (int x = 0; x < std::min(slip.width, width - left); ++x)
      at(frame, left + x, top + y) = slip.pixels[index(y) * index(slip.width) + index(x)];
  }
  return frame;
}

GrayImage without_code(unsigned seed) {
  std::mt19937 random(seed);
  const unsigned kind = seed % 5;
  const unsigned cell = 1 + static_cast<unsigned>(random() % 8);
  const double angle = static_cast<double>(random() % 314) / 100;
  std::vector<std::uint8_t> stripes(2'000);
  std::uint8_t shade = 0;
  for (std::uint8_t& stripe : stripes) {
    if (random() % cell == 0) shade = static_cast<std::uint8_t>(255 - shade);
    stripe = shade;
  }
  GrayImage image = blank(480, 360);
  GrayImage chequers = image;
  for (std::uint8_t& field : chequers.pixels) field = random() % 2 == 0 ? 30 : 220;
  const int side = static_cast<int>(cell);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      std::uint8_t& pixel = at(image, x, y);
      if (kind == 0) pixel = static_cast<std::uint8_t>(random() % 256);
      if (kind == 1) pixel = at(chequers, x / side, y / side);
      if (kind == 2)
        pixel = stripes[index(static_cast<int>(1'000 + x * std::cos(angle) + y * std::sin(angle)))];
      if (kind == 3) pixel = stripes[index(y / 30 * 97 + x)];
      if (kind == 4) pixel = y % 24 < 16 && x % 14 < 11 ? at(chequers, x / 3, y / 3) : std::uint8_t{230};
    }
  }
  return image;
}

}  // namespace bianmin::tests
