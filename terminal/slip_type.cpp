#include "terminal/slip_type.hpp"

#include <map>
#include <memory>
#include <tuple>

#include "ui/kit/text_bits.hpp"

namespace bianmin {

namespace {

printer::Bitmap bitmap_of(ui::Bits bits) { return {bits.size.width, bits.size.height, std::move(bits.rows)}; }

}  // namespace

printer::TextRaster slip_text_raster() {
  // The fonts are loaded when something is to be drawn: most printers never ask.
  return [hand = std::shared_ptr<ui::TextBits>()](const printer::RasterText& text) mutable {
    if (!hand) hand = std::make_shared<ui::TextBits>();
    return bitmap_of(hand->paragraph(text.text, text.em_dots, text.bold, text.width_dots)).without_border();
  };
}

printer::GlyphSource slip_glyphs() {
  using Key = std::tuple<char32_t, int, int, bool>;
  struct Case {
    ui::TextBits hand;
    std::map<Key, printer::Bitmap> letters;
  };
  return [type = std::make_shared<Case>()](char32_t character, int width, int height, bool bold) {
    const Key key(character, width, height, bold);
    const auto found = type->letters.find(key);
    if (found != type->letters.end()) return found->second;
    constexpr std::size_t letter_count_max = 4'000;
    if (type->letters.size() >= letter_count_max) type->letters.clear();
    auto letter = bitmap_of(type->hand.character(character, {width, height}, bold));
    return type->letters.emplace(key, std::move(letter)).first->second;
  };
}

}  // namespace bianmin
