#include "ui/pages/progress_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

namespace {

// The news, larger than what else is told.
NodePtr certificate_news(const PageContext& context, const CertificateCard& card) {
  const Metrics& metrics = context.metrics;
  NodePtr box = group(Axis::row, metrics.units(30));
  box->role = Role::status;
  box->name = card.body.empty() ? card.title : card.title + "\n" + card.body;
  Style& style = box->style;
  style.cross = Align::center;
  style.padding_x = metrics.units(36);
  style.padding_y = metrics.units(metrics.landscape() ? 18 : 30);
  style.fill = context.theme.paper;
  style.border = level_ink(context, Level::good);
  style.border_width = metrics.units(4);
  style.radius = metrics.units(24);
  const bool tight_wide = metrics.landscape() && metrics.tight();
  if (!tight_wide || !card.act.empty()) {
    add(*box,
        picture(context, "certificate", metrics.landscape() ? 90 : 120, level_ink(context, Level::good)));
  }
  NodePtr words = group(Axis::column, metrics.units(10));
  words->style.grow = 1;
  add(*words, text_node(context, Role::text, card.title,
                        {.units = value_units, .bold = true, .ink = context.theme.ink}));
  if (!card.body.empty()) {
    add(*words, text_node(context, Role::text, card.body, {.ink = context.theme.soft_ink}));
  }
  add(*box, std::move(words));
  return box;
}

}  // namespace

NodePtr progress_page(const ProgressView& view, const PageContext& context,
                      const std::function<void(ProgressIntent)>& intent) {
  const Strings& strings = context.strings;
  NodePtr head = headline(context, {.title = strings.text("progress.title")});
  NodePtr body = group(Axis::column, context.metrics.units(26));
  const bool news = !view.certificate.title.empty();
  const bool printable = news && !view.certificate.act.empty();
  if (news) add(*body, certificate_news(context, view.certificate));
  std::vector<Row> rows{{strings.text("progress.case"), view.case_no}};
  const bool tight_wide = context.metrics.landscape() && context.metrics.tight();
  if (!(news && tight_wide)) rows.insert(rows.end(), view.rows.begin(), view.rows.end());
  add(*body, rows_card(context, rows, nullptr));
  if (!view.states.empty()) add(*body, states_card(context, view.states));
  NodePtr actions = group(Axis::column, context.metrics.units(22));
  if (!view.source_note.empty()) add(*actions, remark(context, view.level, view.source_note));
  if (printable) {
    add(*actions, button(context, "certificate", view.certificate.act, {.icon_before = "printer"},
                         [intent] { intent(ProgressIntent::certificate); }));
  }
  const ButtonKind finish = printable ? ButtonKind::outline : ButtonKind::primary;
  add(*actions, button(context, "finish", strings.text("progress.finish"), {.kind = finish},
                       [intent] { intent(ProgressIntent::finish); }));
  add(*actions, button(context, "another", strings.text("progress.another"),
                       {.kind = ButtonKind::outline, .icon_before = "search"},
                       [intent] { intent(ProgressIntent::another); }));
  return reading_page(context, "progress", std::move(head), std::move(body), std::move(actions));
}

}  // namespace bianmin::ui
