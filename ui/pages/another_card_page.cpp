#include "ui/pages/another_card_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr another_card_page(std::string_view code, const PageContext& context,
                          const std::function<void(AnotherCardIntent)>& intent) {
  const Strings& strings = context.strings;
  const Theme& theme = context.theme;
  const bool landscape = context.metrics.landscape();
  NodePtr box = panel(context);
  box->style.padding_y = context.metrics.units(landscape ? 20 : 70);
  box->style.gap = context.metrics.units(landscape ? 8 : 28);
  if (!landscape) {
    NodePtr mark = picture(context, "users", 170, theme.stop);
    mark->style.width = 0;
    add(*box, std::move(mark));
  }
  add(*box, text_node(context, Role::heading, strings.text("card.another.title"),
                      {.units = title_units, .bold = true, .ink = theme.ink, .align = Align::center}));
  add(*box, text_node(context, Role::text, strings.text("card.another.body"),
                      {.units = hint_units, .ink = theme.ink, .align = Align::center}));
  add(*box, text_node(context, Role::text, strings.text("notice.code", {{"code", std::string(code)}}),
                      {.ink = theme.soft_ink, .align = Align::center}));
  add(*box, button(context, "go_on", strings.text("card.another.go_on"), {},
                   [intent] { intent(AnotherCardIntent::go_on); }));
  Node& space = add(*box, spacer(0));
  space.style.height = context.metrics.mm(landscape ? 1 : 6);
  add(*box, button(context, "start_anew", strings.text("card.another.start_anew"),
                   {.kind = ButtonKind::outline}, [intent] { intent(AnotherCardIntent::start_anew); }));
  return centred_page(context, "another_card", std::move(box));
}

}  // namespace bianmin::ui
