#include "ui/pages/saved_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

NodePtr saved_head(const SavedView& view, const PageContext& context) {
  const bool middle = !context.metrics.landscape();
  const bool largest = context.metrics.text_size == TextSize::extra_large;
  NodePtr head = headline(context, {.title = view.title, .hint = view.hint});
  NodePtr mark = picture(context, "circle-check", largest ? 120 : middle ? 190 : 150, context.theme.good);
  if (middle && !largest) {
    for (const NodePtr& line : head->children) line->style.text_align = Align::center;
    mark->style.width = 0;
  }
  const bool beside = largest;
  NodePtr column = group(beside ? Axis::row : Axis::column, context.metrics.units(beside ? 30 : 8));
  column->style.cross = beside ? Align::center : middle ? Align::stretch : Align::start;
  if (beside) head->style.grow = 1;
  add(*column, std::move(mark));
  add(*column, std::move(head));
  return column;
}

std::string slip_icon(Level level) { return level == Level::note ? "printer" : level_icon(level); }

}  // namespace

NodePtr saved_page(const SavedView& view, const PageContext& context,
                   const std::function<void(SavedIntent)>& intent) {
  const Strings& strings = context.strings;
  NodePtr body = group(Axis::column, context.metrics.units(26));
  NodePtr slip;
  if (!view.slip_text.empty()) {
    slip = value_row(context, {strings.text("saved.slip"), view.slip_text}, slip_icon(view.slip_level),
                     level_ink(context, view.slip_level));
    slip->id = "slip";
  }
  add(*body, rows_card(context, view.rows, nullptr, std::move(slip)));
  NodePtr actions = group(Axis::column, context.metrics.units(context.metrics.landscape() ? 16 : 22));
  // With the largest text the left side of a wide screen has the room.
  const bool states_left = context.metrics.tight();
  if (!view.states.empty()) add(states_left ? *actions : *body, states_card(context, view.states));
  if (view.can_reprint) {
    add(*actions, button(context, "reprint", strings.text("saved.reprint"),
                         {.kind = ButtonKind::outline, .icon_before = "printer"},
                         [intent] { intent(SavedIntent::reprint_duplicate); }));
  }
  if (view.can_rate) {
    add(*actions,
        button(context, "rate", strings.text("saved.rate"), {}, [intent] { intent(SavedIntent::rate); }));
  }
  const std::string finish = strings.text(view.can_rate ? "saved.finish_unrated" : "saved.finish");
  add(*actions,
      button(context, "finish", finish, {.kind = view.can_rate ? ButtonKind::outline : ButtonKind::primary},
             [intent] { intent(SavedIntent::finish); }));
  return reading_page(context, "saved", saved_head(view, context), std::move(body), std::move(actions));
}

}  // namespace bianmin::ui
