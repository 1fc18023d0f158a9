// Turns the raw photo of a card into pixels with a decoder that the site brings along.
#pragma once

#include <filesystem>
#include <memory>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

constexpr int photo_width_px = 102;
constexpr int photo_height_px = 126;

// Thread-bound. The library stays loaded as long as this lives.
class PhotoDecoder {
 public:
  // Errors, all for staff: "photo.no_plugin" (cannot be loaded), "photo.bad_plugin" (it is none),
  // "photo.wrong_version".
  static Result<std::unique_ptr<PhotoDecoder>> load(const std::filesystem::path& library);
  ~PhotoDecoder();
  PhotoDecoder(const PhotoDecoder&) = delete;
  PhotoDecoder& operator=(const PhotoDecoder&) = delete;

  // 102 x 126 pixels of blue, green and red, row by row from the top. Blocks for some ms. Errors:
  // "photo.bad_size" (not 1,024 bytes), "photo.not_decoded" (the plug-in's own error), "photo.nonsense" (it
  // wrote nothing, or over the end).
  Result<SecretBytes> decode(ByteView raw) const;

 private:
  struct Library;
  explicit PhotoDecoder(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace bianmin::card
