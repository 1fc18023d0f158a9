#include "ui/pages/busy_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr busy_page(const BusyView& view, const PageContext& context) {
  NodePtr box = panel(context);
  box->style.cross = Align::center;
  box->style.padding_y = context.metrics.units(90);
  box->style.gap = context.metrics.units(40);
  add(*box, picture(context, "hourglass", 160, context.theme.primary));
  NodePtr words =
      text_node(context, Role::heading, view.text,
                {.units = title_units, .bold = true, .ink = context.theme.ink, .align = Align::center});
  add(*box, std::move(words));
  NodePtr page = centred_page(context, "busy", std::move(box));
  page->state.busy = true;
  return page;
}

}  // namespace bianmin::ui
