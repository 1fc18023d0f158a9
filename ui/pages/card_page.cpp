#include "ui/pages/card_page.hpp"

#include "ui/pages/place.hpp"

namespace bianmin::ui {

NodePtr card_page(const CardView& view, const PageContext& context) {
  const Strings& strings = context.strings;
  PlacePage page{.id = "card",
                 .headline = {.service_title = view.service_title, .step = view.step, .steps = view.steps},
                 .icon = "id",
                 .picture_name = strings.text("card.picture")};
  switch (view.prompt) {
    case CardPrompt::waiting:
      page.headline.title = strings.text("card.waiting.title");
      page.headline.hint = strings.text("card.waiting.hint");
      page.note = strings.text("card.waiting.note");
      break;
    case CardPrompt::reading:
      page.headline.title = strings.text("card.reading.title");
      page.headline.hint = strings.text("card.reading.hint");
      page.busy = true;
      break;
    case CardPrompt::reader_missing:
      page.headline.title = strings.text("card.reader_missing.title");
      page.headline.hint = strings.text("card.reader_missing.hint");
      page.note = strings.text("card.reader_missing.note");
      page.icon = "alert-triangle";
      page.shows_where = false;
      break;
    case CardPrompt::problem:
      page.headline.title = strings.text("card.problem.title");
      page.headline.hint = strings.text("card.waiting.hint");
      page.note = view.problem_text;
      page.level = Level::stop;
      break;
    case CardPrompt::forgotten:
      page.headline.title = strings.text("card.forgotten.title");
      page.headline.hint = strings.text("card.forgotten.hint");
      page.note = strings.text("card.forgotten.note");
      page.level = Level::stop;
      break;
  }
  return place_page(context, page);
}

}  // namespace bianmin::ui
