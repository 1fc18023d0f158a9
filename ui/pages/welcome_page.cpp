#include "ui/pages/welcome_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr welcome_page(const WelcomeView& view, const PageContext& context,
                     const std::function<void(WelcomeIntent)>& intent) {
  return choices_page(context, "welcome", [&](Fit fit) {
    NodePtr grid = choice_grid(context, "tiles", fit);
    constexpr std::size_t few = 3;
    int index = 0;
    for (const ServiceTile& tile : view.tiles) {
      const ChoiceCard card{.id = "choice." + std::to_string(index),
                            .icon = tile.icon,
                            .title = tile.title,
                            .summary = tile.closed_notice.value_or(tile.summary),
                            .closed = tile.closed_notice.has_value(),
                            .few = view.tiles.size() <= few,
                            .fit = fit};
      add(*grid, choice_card(context, card, [intent, index] { intent({index}); }));
      ++index;
    }
    add(*grid, pages_bar(context, "tiles"));
    NodePtr head = headline(context, {.title = context.strings.text("welcome.title"),
                                      .hint = context.strings.text("welcome.hint")});
    if (view.notice) {
      Node& space = add(*head, spacer(0));
      space.style.height = context.metrics.units(10);
      add(*head, remark(context, Level::note, *view.notice));
    }
    return ChoiceParts{std::move(head), std::move(grid)};
  });
}

}  // namespace bianmin::ui
