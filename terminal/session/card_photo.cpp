#include "terminal/session/card_photo.hpp"

namespace bianmin::session {

std::shared_ptr<const ui::Pixels> card_photo(const card::PhotoDecoder* decoder, ByteView raw, Log& log) {
  if (decoder == nullptr || raw.empty()) return nullptr;
  const auto decoded = decoder->decode(raw);
  if (!decoded) {
    log.error("session", "photo-not-shown", decoded.error());
    return nullptr;
  }
  auto pixels = std::make_shared<ui::Pixels>();
  pixels->size = {card::photo_width_px, card::photo_height_px};
  pixels->values.reserve(decoded->size() / 3);
  for (std::size_t i = 0; i + 2 < decoded->size(); i += 3) {
    const auto channel = [&](std::size_t at) { return std::uint32_t{(*decoded)[i + at]}; };
    pixels->values.push_back(0xFF000000U | channel(2) << 16U | channel(1) << 8U | channel(0));
  }
  return pixels;
}

}  // namespace bianmin::session
