#include "ui/pages/help_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr help_page(const HelpView& view, const PageContext& context,
                  const std::function<void(HelpIntent)>& intent) {
  const Strings& strings = context.strings;
  NodePtr body = group(Axis::column, context.metrics.units(26));
  NodePtr number = panel(context);
  number->style.axis = Axis::row;
  number->style.main = number->style.cross = Align::center;
  number->style.gap = context.metrics.units(30);
  number->role = Role::status;
  number->name = view.phone;
  add(*number, picture(context, "phone", 100, context.theme.primary));
  NodePtr digits = text_node(context, Role::text, view.phone, {.bold = true, .ink = context.theme.ink});
  digits->style.text_px = context.metrics.units(84);  // large already: the same at every text size
  add(*number, std::move(digits));
  // Where the largest text needs the height for the rows, the number stands beside them.
  NodePtr actions = group(Axis::column, context.metrics.units(26));
  add(context.metrics.tight() ? *actions : *body, std::move(number));
  if (!view.rows.empty()) add(*body, rows_card(context, view.rows, nullptr));
  NodePtr head = headline(context, {.title = strings.text("help.title"), .hint = strings.text("help.hint")});
  add(*actions,
      button(context, "close", strings.text("help.close"), {}, [intent] { intent(HelpIntent::close); }));
  return reading_page(context, "help", std::move(head), std::move(body), std::move(actions));
}

}  // namespace bianmin::ui
