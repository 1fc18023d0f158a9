#include "ui/pages/take_card_page.hpp"

#include "ui/pages/place.hpp"

namespace bianmin::ui {

NodePtr take_card_page(const PageContext& context) {
  const Strings& strings = context.strings;
  return place_page(context, {.id = "take_card",
                              .headline = {.title = strings.text("card.take.title"),
                                           .hint = strings.text("card.take.hint")},
                              .icon = "id",
                              .picture_name = strings.text("card.take.picture"),
                              .note = strings.text("card.take.note"),
                              .level = Level::stop});
}

}  // namespace bianmin::ui
