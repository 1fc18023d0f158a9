#include "ui/pages/saved_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

NodePtr saved_head(const SavedView& view, const PageContext& context) {
  const bool middle = !context.metrics.landscape();
  NodePtr head = headline(context, {.title = view.title, .hint = view.hint});
  NodePtr mark = picture(context, "circle-check", middle ? 190 : 150, context.theme.good);
  if (middle) {
    for (const NodePtr& line : head->children) line->style.text_align = Align::center;
    mark->style.width = 0;
  }
  NodePtr column = group(Axis::column, context.metrics.units(8));
  column->style.cross = middle ? Align::stretch : Align::start;
  add(*column, std::move(mark));
  add(*column, std::move(head));
  return column;
}

std::string slip_icon(Level level) { return level == Level::note ? "printer" : level_icon(level); }

}  // namespace

NodePtr saved_page(const SavedView& view, const PageContext& context, std::function<void(SavedIntent)> intent) {
  const Strings& strings = context.strings;
  NodePtr body = group(Axis::column, context.metrics.units(26));
  NodePtr card = rows_card(context, view.rows, nullptr);
  if (!view.slip_text.empty()) {
    NodePtr slip = value_row(context, {strings.text("saved.slip"), view.slip_text}, slip_icon(view.slip_level),
                             level_ink(context, view.slip_level));
    slip->id = "slip";
    add(*card, std::move(slip));
  }
  add(*body, std::move(card));
  if (!view.states.empty()) add(*body, states_card(context, view.states));
  NodePtr actions = group(Axis::column, context.metrics.units(22));
  if (view.can_reprint) {
    add(*actions, button(context, "reprint", strings.text("saved.reprint"),
                         {.kind = ButtonKind::outline, .icon_before = "printer"},
                         [intent] { intent(SavedIntent::reprint_duplicate); }));
  }
  if (view.can_rate) {
    add(*actions, button(context, "rate", strings.text("saved.rate"), {}, [intent] { intent(SavedIntent::rate); }));
  }
  const std::string finish = strings.text(view.can_rate ? "saved.finish_unrated" : "saved.finish");
  add(*actions, button(context, "finish", finish,
                       {.kind = view.can_rate ? ButtonKind::outline : ButtonKind::primary},
                       [intent] { intent(SavedIntent::finish); }));
  return reading_page(context, "saved", saved_head(view, context), std::move(body), std::move(actions));
}

}  // namespace bianmin::ui
