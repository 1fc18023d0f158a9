#include "ui/pages/review_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr review_page(const ReviewView& view, const PageContext& context,
                    const std::function<void(ReviewIntent)>& intent) {
  NodePtr head = headline(context, {.service_title = view.service_title,
                                    .step = view.step,
                                    .steps = view.steps,
                                    .title = context.strings.text("review.title"),
                                    .hint = context.strings.text("review.hint")});
  NodePtr card = rows_card(context, view.rows, [intent](int row) {
    intent({ReviewIntent::Kind::change, row});
  });
  NodePtr low = group(Axis::column, context.metrics.units(26));
  if (!view.note.empty()) add(*low, remark(context, Level::note, view.note));
  add(*low, button(context, "submit", context.strings.text("review.submit"),
                   {.icon_before = "check", .enabled = view.can_submit}, [intent] {
                     intent({ReviewIntent::Kind::submit, 0});
                   }));
  return reading_page(context, "review", std::move(head), std::move(card), std::move(low));
}

}  // namespace bianmin::ui
