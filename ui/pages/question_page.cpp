#include "ui/pages/question_page.hpp"

#include <utility>

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

NodePtr question_head(const QuestionView& view, const PageContext& context, Fit fit) {
  // Aside, the error takes the place of the hint.
  const bool hinted = view.error.empty() || fit != Fit::aside;
  NodePtr head = headline(context, {.service_title = view.service_title,
                                    .step = view.step,
                                    .steps = view.steps,
                                    .title = view.title,
                                    .hint = hinted ? view.hint : ""});
  if (!view.error.empty()) {
    Node& space = add(*head, spacer(0));
    space.style.height = context.metrics.units(10);
    add(*head, remark(context, Level::stop, view.error));
  }
  return head;
}

}  // namespace

NodePtr question_page(const QuestionView& view, const PageContext& context,
                      const std::function<void(QuestionIntent)>& intent) {
  return choices_page(context, "question." + std::to_string(view.step), [&](Fit fit) {
    NodePtr grid = choice_grid(context, "options", fit);
    int index = 0;
    for (const Option& option : view.options) {
      const ChoiceCard card{.id = "choice." + std::to_string(index),
                            .icon = option.icon,
                            .title = option.label,
                            .summary = option.value,
                            .selected = view.selected == index,
                            .fit = fit};
      add(*grid, choice_card(context, card, [intent, index] { intent({index}); }));
      ++index;
    }
    NodePtr next;
    if (view.selected) {
      next = button(context, "next", context.strings.text("question.next"), {.icon_after = "arrow-right"},
                    [intent, kept = *view.selected] { intent({kept}); });
      if (beside_choices(context, fit)) {
        const bool left_is_free = view.options.size() % 2 == 0;
        if (left_is_free) add(*grid, spacer(0));  // the way on is on the right
        add(*grid, std::exchange(next, nullptr));
      }
    }
    add(*grid, pages_bar(context, "options"));
    return ChoiceParts{question_head(view, context, fit), std::move(grid), std::move(next)};
  });
}

}  // namespace bianmin::ui
