#include "ui/pages/rating_page.hpp"

#include <utility>

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

struct Face {
  int level;
  const char* key;
  const char* icon;
};
constexpr Face faces[] = {{1, "rating.1", "mood-happy"},
                          {2, "rating.2", "mood-smile"},
                          {3, "rating.3", "mood-empty"},
                          {4, "rating.4", "mood-sad"},
                          {5, "rating.5", "mood-angry"}};

}  // namespace

NodePtr rating_page(const RatingView& view, const PageContext& context,
                    const std::function<void(RatingIntent)>& intent) {
  return choices_page(context, "rating", [&](Fit fit) {
    NodePtr head = headline(context, {.service_title = view.service_title,
                                      .title = context.strings.text("rating.title"),
                                      .hint = context.strings.text("rating.hint")});
    NodePtr grid = choice_grid(context, "levels", fit);
    for (const Face& face : faces) {
      const ChoiceCard card{.id = "level." + std::to_string(face.level),
                            .icon = face.icon,
                            .title = context.strings.text(face.key),
                            .leads_on = false,
                            .fit = fit};
      add(*grid, choice_card(context, card, [intent, level = face.level] { intent({level}); }));
    }
    NodePtr skip = button(context, "skip", context.strings.text("rating.skip"), {.kind = ButtonKind::outline},
                          [intent] { intent({0}); });
    if (beside_choices(context, fit)) add(*grid, std::exchange(skip, nullptr));
    add(*grid, pages_bar(context, "levels"));
    return ChoiceParts{std::move(head), std::move(grid), std::move(skip)};
  });
}

}  // namespace bianmin::ui
