#include "drivers/scanner/image_code.hpp"

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::scanner {

namespace {

constexpr int upscale_side_max = 2'000;  // a larger picture has enough pixels

ZXing::BarcodeFormats usual_formats() {
  using ZXing::BarcodeFormat;
  return BarcodeFormat::EAN13 | BarcodeFormat::EAN8 | BarcodeFormat::UPCA | BarcodeFormat::Code128 |
         BarcodeFormat::Code39 | BarcodeFormat::ITF | BarcodeFormat::QRCode | BarcodeFormat::PDF417 |
         BarcodeFormat::DataMatrix;
}

std::vector<DecodedCode> read_one(const GrayImage& image, ZXing::BarcodeFormats formats = usual_formats()) {
  ZXing::DecodeHints hints;
  hints.setFormats(formats);
  hints.setTryHarder(true);
  hints.setTryRotate(true);
  const ZXing::ImageView view(image.pixels.data(), image.width, image.height, ZXing::ImageFormat::Lum);
  const ZXing::Result result = ZXing::ReadBarcode(view, hints);
  if (!result.isValid()) return {};
  std::string text = result.text();
  if (!valid_utf8(text)) return {};
  return {{ZXing::ToString(result.format()), std::move(text)}};
}

// Black becomes what 1 % of the pixels are darker than, white what 1 % are lighter than.
GrayImage stretched(const GrayImage& image) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t pixel : image.pixels) ++counts[pixel];
  const std::size_t cut = image.pixels.size() / 100;
  const auto level = [&](bool from_dark) {
    std::size_t sum = 0;
    for (int i = 0; i < 256; ++i) {
      const int value = from_dark ? i : 255 - i;
      sum += counts[static_cast<std::size_t>(value)];
      if (sum > cut) return value;
    }
    return from_dark ? 0 : 255;
  };
  const int dark = level(true);
  const int light = level(false);
  GrayImage out = image;
  if (light <= dark) return out;
  for (std::uint8_t& pixel : out.pixels) {
    pixel = static_cast<std::uint8_t>(std::clamp((pixel - dark) * 255 / (light - dark), 0, 255));
  }
  return out;
}

GrayImage inverted(const GrayImage& image) {
  GrayImage out = image;
  for (std::uint8_t& pixel : out.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
  return out;
}

GrayImage upscaled(const GrayImage& image) {
  GrayImage out{image.width * 2, image.height * 2, {}};
  out.pixels.resize(image.pixels.size() * 4);
  const auto at = [&](int x, int y) {
    const auto row = static_cast<std::size_t>(std::min(y, image.height - 1));
    return unsigned{image.pixels[row * static_cast<std::size_t>(image.width) +
                                 static_cast<std::size_t>(std::min(x, image.width - 1))]};
  };
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const int x0 = x / 2;
      const int y0 = y / 2;
      const unsigned sum = at(x0, y0) + at(x0 + x % 2, y0) + at(x0, y0 + y % 2) + at(x0 + x % 2, y0 + y % 2);
      out.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) +
                 static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(sum / 4);
    }
  }
  return out;
}

GrayImage median(const GrayImage& image) {
  GrayImage out = image;
  const auto width = static_cast<std::size_t>(image.width);
  for (std::size_t y = 1; y + 1 < static_cast<std::size_t>(image.height); ++y) {
    for (std::size_t x = 1; x + 1 < width; ++x) {
      std::array<std::uint8_t, 9> around;
      std::size_t i = 0;
      for (std::size_t row = y - 1; row <= y + 1; ++row) {
        for (std::size_t column = x - 1; column <= x + 1; ++column)
          around[i++] = image.pixels[row * width + column];
      }
      std::nth_element(around.begin(), around.begin() + 4, around.end());
      out.pixels[y * width + x] = around[4];
    }
  }
  return out;
}

Bytes pack(const std::vector<DecodedCode>& codes) {
  ByteWriter out;
  out.u32_be(static_cast<std::uint32_t>(codes.size()));
  for (const DecodedCode& code : codes) {
    out.u32_be(static_cast<std::uint32_t>(code.format.size())).text(code.format);
    out.u32_be(static_cast<std::uint32_t>(code.text.size())).text(code.text);
  }
  return out.take();
}

Result<std::vector<DecodedCode>> unpack(ByteView bytes) {
  ByteReader reader(bytes);
  std::vector<DecodedCode> codes;
  const std::uint32_t count = reader.u32_be();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    DecodedCode code;
    code.format = text_of(reader.take(reader.u32_be()));
    code.text = text_of(reader.take(reader.u32_be()));
    codes.push_back(std::move(code));
  }
  if (!reader.at_end()) return Error{Remedy::refuse, "image.decoder_died", "half an answer"};
  return codes;
}

[[noreturn]] void decode_in_child(const GrayImage& image, int answer_fd) {
  // What a dying library says is for nobody.
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) (void)::dup2(nowhere, STDERR_FILENO);
  constexpr int exit_failed = 1;
  const auto codes = decode_codes(image);
  if (!codes) ::_exit(exit_failed);
  const Bytes answer = pack(*codes);
  std::size_t written = 0;
  while (written < answer.size()) {
    const ssize_t count = ::write(answer_fd, answer.data() + written, answer.size() - written);
    if (count <= 0) ::_exit(exit_failed);
    written += static_cast<std::size_t>(count);
  }
  ::_exit(0);
}

// All that comes until the other end closes. Empty: the time is over.
std::optional<Bytes> read_until(int fd, std::chrono::steady_clock::time_point end) {
  Bytes answer;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd wait{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) return std::nullopt;
    std::array<std::uint8_t, 4'096> piece;
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count <= 0) return answer;
    append(answer, ByteView(piece).first(static_cast<std::size_t>(count)));
  }
}

}  // namespace

Result<std::vector<DecodedCode>> decode_codes(const GrayImage& image) {
  if (!image.valid()) return Error{Remedy::refuse, "image.broken", "no picture"};
  const bool small = std::max(image.width, image.height) <= upscale_side_max;
  const std::array<std::function<GrayImage(const GrayImage&)>, 4> ladder = {stretched, inverted, upscaled,
                                                                            median};
  std::vector<DecodedCode> found = read_one(image);
  for (std::size_t i = 0; found.empty() && i < ladder.size(); ++i) {
    constexpr std::size_t upscaling = 2;
    if (i == upscaling && !small) continue;
    found = read_one(ladder[i](image));
  }
  // Last and alone, because it sees itself in other things most easily.
  if (found.empty()) found = read_one(image, ZXing::BarcodeFormat::MicroQRCode);
  return found;
}

Result<std::vector<DecodedCode>> decode_isolated(const GrayImage& image, int deadline_ms) {
  std::array<int, 2> ends{};
  const Error failed{Remedy::retry_later, "image.decoder_died", "no decoder"};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed;
  const FileDescriptor from_child(ends[0]);
  FileDescriptor to_parent(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return failed;
  if (child == 0) decode_in_child(image, to_parent.get());
  to_parent.reset();
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  const std::optional<Bytes> answer = read_until(from_child.get(), end);
  if (!answer) (void)::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!answer) return Error{Remedy::refuse, "image.decoder_slow", "the picture took too long"};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Remedy::refuse, "image.decoder_died", "the decoder did not survive the picture"};
  }
  return unpack(*answer);
}

}  // namespace bianmin::scanner
