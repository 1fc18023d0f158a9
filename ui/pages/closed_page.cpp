#include "ui/pages/closed_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

std::string open_names(const ClosedView& view, const Strings& strings) {
  if (view.open_services.empty()) return strings.text("closed.nothing_open");
  std::string names;
  for (const std::string& service : view.open_services) {
    if (!names.empty()) names += strings.text("closed.comma");
    names += service;
  }
  if (view.more_open == 0) return names;
  return strings.text("closed.and_more", {{"names", names}, {"n", std::to_string(view.more_open)}});
}

}  // namespace

NodePtr closed_page(const ClosedView& view, const PageContext& context,
                    const std::function<void(ClosedIntent)>& intent) {
  const Strings& strings = context.strings;
  NodePtr head = headline(
      context,
      {.service_title = view.service_title, .title = strings.text("closed.title"), .hint = view.reason});
  const std::vector<Row> rows = {{.label = strings.text("closed.open"),
                                  .value = open_names(view, strings),
                                  .sentence = view.open_services.size() > 1},
                                 {strings.text("closed.elsewhere"), strings.text("closed.counter")},
                                 {strings.text("closed.phone"), view.phone},
                                 {strings.text("closed.code"), view.code}};
  NodePtr back = button(context, "act", strings.text("closed.back"), {.icon_before = "home"},
                        [intent] { intent(ClosedIntent::back); });
  return reading_page(context, "closed", std::move(head), rows_card(context, rows, nullptr), std::move(back));
}

}  // namespace bianmin::ui
