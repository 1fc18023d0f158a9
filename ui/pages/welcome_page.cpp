#include "ui/pages/welcome_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr welcome_page(const WelcomeView& view, const PageContext& context,
                     const std::function<void(WelcomeIntent)>& intent) {
  NodePtr head = headline(context, {.title = context.strings.text("welcome.title"),
                                    .hint = context.strings.text("welcome.hint")});
  NodePtr grid = choice_grid(context, "tiles");
  constexpr std::size_t few = 3;
  int index = 0;
  for (const ServiceTile& tile : view.tiles) {
    const ChoiceCard card{.id = "choice." + std::to_string(index),
                          .icon = tile.icon,
                          .title = tile.title,
                          .summary = tile.closed_notice.value_or(tile.summary),
                          .closed = tile.closed_notice.has_value(),
                          .roomy = view.tiles.size() <= few && !context.metrics.tight()};
    add(*grid, choice_card(context, card, [intent, index] { intent({index}); }));
    ++index;
  }
  add(*grid, pages_bar(context, "tiles"));
  if (view.notice) {
    Node& space = add(*head, spacer(0));
    space.style.height = context.metrics.units(10);
    add(*head, remark(context, Level::note, *view.notice));
  }
  return choices_page(context, "welcome", std::move(head), std::move(grid), nullptr);
}

}  // namespace bianmin::ui
