#include "ui/pages/take_card_page.hpp"

#include "ui/pages/place.hpp"

namespace bianmin::ui {

NodePtr take_card_page(CardPlace place, const PageContext& context) {
  const Strings& strings = context.strings;
  const bool slot = place == CardPlace::slot;
  return place_page(context,
                    {.id = "take_card",
                     .headline = {.title = strings.text(slot ? "card.take.slot.title" : "card.take.title"),
                                  .hint = strings.text(slot ? "card.take.slot.hint" : "card.take.hint")},
                     .icon = slot ? "credit-card" : "id",
                     .picture_name = strings.text(slot ? "card.take.slot.picture" : "card.take.picture"),
                     .note = strings.text("card.take.note"),
                     .level = Level::stop});
}

}  // namespace bianmin::ui
