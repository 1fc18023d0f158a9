#include "ui/pages/take_slip_page.hpp"

#include "ui/pages/place.hpp"

namespace bianmin::ui {

NodePtr take_slip_page(const PageContext& context) {
  const Strings& strings = context.strings;
  return place_page(context, {.id = "take_slip",
                              .headline = {.title = strings.text("slip.take.title"),
                                           .hint = strings.text("slip.take.hint")},
                              .icon = "receipt",
                              .picture_name = strings.text("slip.take.picture"),
                              .note = strings.text("slip.take.note"),
                              .level = Level::stop,
                              .shows_where = false});
}

}  // namespace bianmin::ui
