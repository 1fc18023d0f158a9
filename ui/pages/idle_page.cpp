#include "ui/pages/idle_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr idle_page(const IdleView& view, const PageContext& context,
                  const std::function<void(IdleIntent)>& intent) {
  const Strings& strings = context.strings;
  const Theme& theme = context.theme;
  const bool landscape = context.metrics.landscape();
  NodePtr box = panel(context);
  box->style.padding_y = context.metrics.units(landscape ? 32 : 80);
  box->style.gap = context.metrics.units(landscape ? 10 : 26);
  box->style.border = theme.primary;
  box->style.border_width = context.metrics.units(10);
  if (!landscape) {
    NodePtr clock = picture(context, "clock", 170, theme.primary);
    clock->style.width = 0;
    add(*box, std::move(clock));
  }
  add(*box, text_node(context, Role::heading, strings.text("idle.title"),
                      {.units = title_units, .bold = true, .ink = theme.ink, .align = Align::center}));
  add(*box, text_node(context, Role::text, strings.text("idle.hint"),
                      {.units = hint_units, .ink = theme.soft_ink, .align = Align::center}));
  NodePtr number = text_node(context, Role::status, std::to_string(view.seconds_left),
                             {.bold = true, .ink = theme.ink, .align = Align::center});
  // Large already, and so the same at every text size.
  number->style.text_px = context.metrics.units(landscape ? 110 : number_units);
  number->id = "seconds";
  number->name = strings.text("idle.seconds", {{"n", std::to_string(view.seconds_left)}});
  add(*box, std::move(number));
  add(*box, button(context, "stay", strings.text("idle.stay"), {}, [intent] { intent(IdleIntent::stay); }));
  Node& space = add(*box, spacer(0));
  space.style.height = context.metrics.mm(landscape ? 2 : 6);
  add(*box, button(context, "end", strings.text("idle.end"), {.kind = ButtonKind::outline},
                   [intent] { intent(IdleIntent::end); }));
  return centred_page(context, "idle", std::move(box));
}

}  // namespace bianmin::ui
