#include "ui/pages/sheet_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr sheet_page(const SheetView& view, const PageContext& context,
                   const std::function<void(SheetIntent)>& intent) {
  const Theme& theme = context.theme;
  const Metrics& metrics = context.metrics;
  const bool landscape = metrics.landscape();
  NodePtr box = panel(context);
  box->style.padding_y = metrics.units(landscape ? 24 : 70);
  box->style.gap = metrics.units(landscape ? 12 : 28);
  const bool tight_wide = landscape && metrics.tight();
  if (!tight_wide) {
    NodePtr mark = picture(context, view.level == Level::note ? "printer" : level_icon(view.level),
                           landscape ? 110 : 180, level_ink(context, view.level));
    mark->style.width = 0;
    add(*box, std::move(mark));
  }
  add(*box, text_node(context, Role::heading, view.title,
                      {.units = title_units, .bold = true, .ink = theme.ink, .align = Align::center}));
  add(*box, text_node(context, Role::text, view.body,
                      {.units = hint_units, .ink = theme.soft_ink, .align = Align::center}));
  if (!view.again.empty()) {
    add(*box, button(context, "again", view.again, {.icon_before = "printer"},
                     [intent] { intent(SheetIntent::again); }));
  }
  const ButtonKind kind = view.again.empty() ? ButtonKind::primary : ButtonKind::outline;
  add(*box, button(context, "leave", view.leave, {.kind = kind}, [intent] { intent(SheetIntent::leave); }));
  NodePtr page = centred_page(context, "sheet", std::move(box));
  page->state.busy = view.busy;
  return page;
}

}  // namespace bianmin::ui
