#include "drivers/card/photo_decoder.hpp"

#include <dlfcn.h>

#include <algorithm>

#include "drivers/card/photo_plugin.h"

namespace bianmin::card {

namespace {

constexpr std::size_t pixel_byte_count = BIANMIN_PHOTO_PIXEL_BYTES;
static_assert(pixel_byte_count == std::size_t{photo_width_px} * photo_height_px * 3);
constexpr std::size_t guard_byte_count = 4'096;  // behind the pixels, to see a plug-in that writes too much
constexpr std::uint8_t untouched = 0xA5;

using EntryPoint = const bianmin_photo_plugin* (*)();

Error error(Remedy remedy, std::string_view code, std::string detail) {
  return {remedy, code, std::move(detail)};
}

}  // namespace

struct PhotoDecoder::Library {
  void* handle = nullptr;
  const bianmin_photo_plugin* plugin = nullptr;
  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (handle != nullptr) ::dlclose(handle);
  }
};

PhotoDecoder::PhotoDecoder(std::unique_ptr<Library> library) : library_(std::move(library)) {}
PhotoDecoder::~PhotoDecoder() = default;

Result<std::unique_ptr<PhotoDecoder>> PhotoDecoder::load(const std::filesystem::path& path) {
  // A name without a folder would be searched for in places that the site did not choose.
  if (!path.is_absolute()) return error(Remedy::call_staff, "photo.no_plugin", "a whole path is expected");
  auto library = std::make_unique<Library>();
  library->handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle == nullptr) return error(Remedy::call_staff, "photo.no_plugin", ::dlerror());
  const auto entry = reinterpret_cast<EntryPoint>(::dlsym(library->handle, "bianmin_get_photo_plugin"));
  library->plugin = entry == nullptr ? nullptr : entry();
  if (library->plugin == nullptr) return error(Remedy::call_staff, "photo.bad_plugin", "it is no plug-in");
  if (library->plugin->version != BIANMIN_PHOTO_PLUGIN_VERSION) {
    return error(Remedy::call_staff, "photo.wrong_version", std::to_string(library->plugin->version));
  }
  if (library->plugin->decode == nullptr) return error(Remedy::call_staff, "photo.bad_plugin", "no decode");
  return std::unique_ptr<PhotoDecoder>(new PhotoDecoder(std::move(library)));
}

Result<SecretBytes> PhotoDecoder::decode(ByteView raw) const {
  if (raw.size() != BIANMIN_PHOTO_RAW_BYTES) return error(Remedy::ask_resident, "photo.bad_size", "");
  SecretBytes pixels(pixel_byte_count + guard_byte_count, untouched);
  const int failed = library_->plugin->decode(raw.data(), pixels.data());
  if (failed != 0) {
    return error(Remedy::retry_later, "photo.not_decoded", "the plug-in says " + std::to_string(failed));
  }
  const auto is_untouched = [](std::uint8_t byte) { return byte == untouched; };
  const auto end = pixels.begin() + static_cast<std::ptrdiff_t>(pixel_byte_count);
  if (!std::all_of(end, pixels.end(), is_untouched)) {
    return error(Remedy::call_staff, "photo.nonsense", "it writes over the end");
  }
  if (std::all_of(pixels.begin(), end,
                  [first = pixels.front()](std::uint8_t byte) { return byte == first; })) {
    return error(Remedy::call_staff, "photo.nonsense", "it wrote no picture");
  }
  return SecretBytes(pixels.begin(), end);
}

}  // namespace bianmin::card
