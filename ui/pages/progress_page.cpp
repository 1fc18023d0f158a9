#include "ui/pages/progress_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr progress_page(const ProgressView& view, const PageContext& context,
                      const std::function<void(ProgressIntent)>& intent) {
  const Strings& strings = context.strings;
  NodePtr head = headline(context, {.title = strings.text("progress.title")});
  NodePtr body = group(Axis::column, context.metrics.units(26));
  std::vector<Row> rows{{strings.text("progress.case"), view.case_no}};
  rows.insert(rows.end(), view.rows.begin(), view.rows.end());
  add(*body, rows_card(context, rows, nullptr));
  if (!view.states.empty()) add(*body, states_card(context, view.states));
  NodePtr actions = group(Axis::column, context.metrics.units(22));
  if (!view.source_note.empty()) add(*actions, remark(context, view.level, view.source_note));
  add(*actions, button(context, "finish", strings.text("progress.finish"), {},
                       [intent] { intent(ProgressIntent::finish); }));
  add(*actions, button(context, "another", strings.text("progress.another"),
                       {.kind = ButtonKind::outline, .icon_before = "search"},
                       [intent] { intent(ProgressIntent::another); }));
  return reading_page(context, "progress", std::move(head), std::move(body), std::move(actions));
}

}  // namespace bianmin::ui
