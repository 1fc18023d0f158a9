#include "ui/pages/card_page.hpp"

#include "ui/pages/place.hpp"

namespace bianmin::ui {
namespace {

// Keys.
struct Words {
  const char* waiting_title;
  const char* waiting_hint;
  const char* reading_title;
  const char* problem_title;
  const char* picture;
  const char* icon;
};

constexpr Words words_of(CardWay way) {
  switch (way) {
    case CardWay::id_card:
      break;
    case CardWay::electronic_id:
      return {"card.eid.waiting.title", "card.eid.waiting.hint", "card.eid.reading.title",
              "card.eid.problem.title", "card.eid.picture",      "credit-card"};
    case CardWay::either:
      return {"card.either.waiting.title", "card.either.waiting.hint", "card.eid.reading.title",
              "card.problem.title",        "card.either.picture",      "id"};
    case CardWay::sign:
      return {"card.sign.waiting.title", "card.sign.waiting.hint", "card.eid.reading.title",
              "card.eid.problem.title",  "card.eid.picture",       "credit-card"};
  }
  return {"card.waiting.title", "card.waiting.hint", "card.reading.title",
          "card.problem.title", "card.picture",      "id"};
}

}  // namespace

NodePtr card_page(const CardView& view, const PageContext& context) {
  const Strings& strings = context.strings;
  const Words words = words_of(view.way);
  PlacePage page{.id = "card",
                 .headline = {.service_title = view.service_title, .step = view.step, .steps = view.steps},
                 .icon = words.icon,
                 .picture_name = strings.text(words.picture)};
  switch (view.prompt) {
    case CardPrompt::waiting:
      page.headline.title = strings.text(words.waiting_title);
      page.headline.hint = strings.text(words.waiting_hint);
      page.note = strings.text(view.way == CardWay::id_card ? "card.waiting.note" : "card.eid.waiting.note");
      break;
    case CardPrompt::reading:
      page.headline.title = strings.text(words.reading_title);
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
      page.headline.title = strings.text(words.problem_title);
      page.headline.hint = strings.text(words.waiting_hint);
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
