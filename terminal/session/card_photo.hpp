// The photo of a card as a page shows it.
#pragma once

#include <memory>

#include "drivers/card/photo_decoder.hpp"
#include "terminal/base/log.hpp"
#include "ui/kit/pixels.hpp"

namespace bianmin::session {

// Null without a decoder, without a photo, or when it cannot be decoded; then why is in the log.
std::shared_ptr<const ui::Pixels> card_photo(const card::PhotoDecoder* decoder, ByteView raw, Log& log);

}  // namespace bianmin::session
