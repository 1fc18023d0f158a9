#include "drivers/scanner/image_file.hpp"

#include <csetjmp>
#include <cstdio>
// before jpeglib.h, which needs FILE
#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::scanner {

namespace {

Error broken(std::string_view format) { return {Remedy::refuse, "image.broken", std::string(format)}; }

Result<GrayImage> blank(std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0) return broken("no size");
  if (width > image_side_max || height > image_side_max ||
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) > image_pixel_max) {
    return Error{Remedy::refuse, "image.too_large", "more pixels than are read"};
  }
  GrayImage image;
  image.width = static_cast<int>(width);
  image.height = static_cast<int>(height);
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  return image;
}

Result<GrayImage> decode_png(ByteView file) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&png, file.data(), file.size()) == 0) return broken("png");
  auto image = blank(png.width, png.height);
  if (!image) {
    png_image_free(&png);
    return image;
  }
  png.format = PNG_FORMAT_GRAY;
  const png_color white = {255, 255, 255};
  if (png_image_finish_read(&png, &white, image->pixels.data(), 0, nullptr) == 0) {
    png_image_free(&png);
    return broken("png");
  }
  return image;
}

struct JpegFailure {
  jpeg_error_mgr manager;  // first: libjpeg hands out a pointer to it
  std::jmp_buf escape;
};

[[noreturn]] void escape_from_jpeg(j_common_ptr info) {
  std::longjmp(reinterpret_cast<JpegFailure*>(info->err)->escape, 1);  // NOLINT: libjpeg's way out
}
void stay_quiet(j_common_ptr) {}

// Only plain data between setjmp and longjmp. False: broken.
bool read_jpeg_header(jpeg_decompress_struct* jpeg, JpegFailure* failure, const std::uint8_t* data,
                      std::size_t size) {
  if (setjmp(failure->escape) != 0) return false;  // NOLINT
  jpeg_mem_src(jpeg, data, size);
  jpeg_read_header(jpeg, TRUE);
  jpeg->out_color_space = JCS_GRAYSCALE;
  return true;
}

bool read_jpeg_rows(jpeg_decompress_struct* jpeg, JpegFailure* failure, std::uint8_t* pixels,
                    std::size_t stride) {
  if (setjmp(failure->escape) != 0) return false;  // NOLINT
  jpeg_start_decompress(jpeg);
  if (jpeg->output_components != 1) return false;
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = pixels + stride * jpeg->output_scanline;
    jpeg_read_scanlines(jpeg, &row, 1);
  }
  return true;
}

struct Size {
  int width = 0;
  int height = 0;
};

// `only`: of another size it is broken.
Result<GrayImage> decode_jpeg(ByteView file, std::optional<Size> only = std::nullopt) {
  jpeg_decompress_struct jpeg{};
  JpegFailure failure{};
  jpeg.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = escape_from_jpeg;
  failure.manager.output_message = stay_quiet;
  jpeg_create_decompress(&jpeg);
  Result<GrayImage> image = broken("jpeg");
  if (read_jpeg_header(&jpeg, &failure, file.data(), file.size())) {
    const bool wanted = !only || (jpeg.image_width == static_cast<JDIMENSION>(only->width) &&
                                  jpeg.image_height == static_cast<JDIMENSION>(only->height));
    if (wanted) image = blank(jpeg.image_width, jpeg.image_height);
    if (image &&
        !read_jpeg_rows(&jpeg, &failure, image->pixels.data(), static_cast<std::size_t>(image->width))) {
      image = broken("jpeg");
    }
  }
  jpeg_destroy_decompress(&jpeg);
  return image;
}

Result<GrayImage> decode_webp(ByteView file) {
  int width = 0;
  int height = 0;
  if (WebPGetInfo(file.data(), file.size(), &width, &height) == 0) return broken("webp");
  auto image = blank(width, height);
  if (!image) return image;
  std::vector<std::uint8_t> rgba(image->pixels.size() * 4);
  if (WebPDecodeRGBAInto(file.data(), file.size(), rgba.data(), rgba.size(), width * 4) == nullptr) {
    return broken("webp");
  }
  for (std::size_t i = 0; i < image->pixels.size(); ++i) {
    const std::uint8_t* pixel = &rgba[i * 4];
    const unsigned luma = (299U * pixel[0] + 587U * pixel[1] + 114U * pixel[2] + 500U) / 1'000U;
    image->pixels[i] = static_cast<std::uint8_t>((luma * pixel[3] + 255U * (255U - pixel[3]) + 127U) / 255U);
  }
  return image;
}

// The words of a PGM header; `#` starts a comment.
class PgmWords {
 public:
  explicit PgmWords(ByteView file) : left_(file) {}
  std::int64_t number(std::int64_t most) {
    while (!left_.empty() && (is_space(left_[0]) || left_[0] == '#')) {
      const bool comment = left_[0] == '#';
      while (comment && !left_.empty() && left_[0] != '\n') left_ = left_.subspan(1);
      if (!left_.empty()) left_ = left_.subspan(1);
    }
    std::string digits;
    while (!left_.empty() && !is_space(left_[0]) && digits.size() < 10) {
      digits += static_cast<char>(left_[0]);
      left_ = left_.subspan(1);
    }
    const auto number = parse_number(digits, 0, most);
    return number ? *number : -1;
  }
  ByteView after_one_space() const { return left_.empty() ? left_ : left_.subspan(1); }

 private:
  static bool is_space(std::uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }
  ByteView left_;
};

Result<GrayImage> decode_pgm(ByteView file) {
  const bool text = file[1] == '2';
  PgmWords words(file.subspan(2));
  constexpr std::int64_t any = std::numeric_limits<int>::max();
  const std::int64_t width = words.number(any);
  const std::int64_t height = words.number(any);
  const std::int64_t most = words.number(65'535);
  if (most <= 0) return broken("pgm");
  auto image = blank(width, height);
  if (!image) return image;
  if (text) {
    for (std::uint8_t& pixel : image->pixels) {
      const std::int64_t value = words.number(most);
      if (value < 0) return broken("pgm");
      pixel = static_cast<std::uint8_t>(value * 255 / most);
    }
    return image;
  }
  const ByteView data = words.after_one_space();
  const std::size_t bytes_each = most > 255 ? 2 : 1;
  if (data.size() < image->pixels.size() * bytes_each) return broken("pgm");
  for (std::size_t i = 0; i < image->pixels.size(); ++i) {
    const std::int64_t value = bytes_each == 1 ? data[i] : data[2 * i] * 256 + data[2 * i + 1];
    image->pixels[i] = static_cast<std::uint8_t>(std::min<std::int64_t>(value, most) * 255 / most);
  }
  return image;
}

bool starts_with(ByteView file, std::string_view magic, std::size_t at = 0) {
  return file.size() >= at + magic.size() && text_of(file.subspan(at, magic.size())) == magic;
}

}  // namespace

Result<GrayImage> decode_image(ByteView file) {
  if (starts_with(file, "\x89PNG\r\n\x1A\n")) return decode_png(file);
  if (starts_with(file, "\xFF\xD8\xFF")) return decode_jpeg(file);
  if (starts_with(file, "RIFF") && starts_with(file, "WEBP", 8)) return decode_webp(file);
  if (starts_with(file, "P5") || starts_with(file, "P2")) return decode_pgm(file);
  return Error{Remedy::refuse, "image.unknown_format", "none of PNG, JPEG, WebP, PGM"};
}

Result<GrayImage> decode_jpeg_of(ByteView file, int width, int height) {
  if (!starts_with(file, "\xFF\xD8\xFF")) return broken("jpeg");
  return decode_jpeg(file, Size{width, height});
}

Result<GrayImage> load_image(const std::filesystem::path& path) {
  const auto file = read_file(path, image_file_byte_max);
  if (!file) return file.error();
  return decode_image(*file);
}

}  // namespace bianmin::scanner
