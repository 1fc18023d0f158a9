#include "ui/pages/notice_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

NodePtr notice_page(const NoticeView& view, const PageContext& context,
                    const std::function<void(NoticeIntent)>& intent) {
  const Theme& theme = context.theme;
  const bool landscape = context.metrics.landscape();
  NodePtr box = panel(context);
  box->style.padding_y = context.metrics.units(landscape ? 32 : 70);
  box->style.gap = context.metrics.units(landscape ? 12 : 28);
  NodePtr mark =
      picture(context, level_icon(view.level), landscape ? 120 : 180, level_ink(context, view.level));
  mark->style.width = 0;
  add(*box, std::move(mark));
  add(*box, text_node(context, Role::heading, view.title,
                      {.units = title_units, .bold = true, .ink = theme.ink, .align = Align::center}));
  add(*box, text_node(context, Role::text, view.body,
                      {.units = hint_units, .ink = theme.soft_ink, .align = Align::center}));
  if (!view.code.empty()) {
    add(*box, text_node(context, Role::text, context.strings.text("notice.code", {{"code", view.code}}),
                        {.bold = true, .ink = theme.ink, .align = Align::center}));
  }
  if (!view.action_label.empty()) {
    add(*box, button(context, "act", view.action_label, {}, [intent] { intent(NoticeIntent::act); }));
  }
  return centred_page(context, "notice", std::move(box));
}

}  // namespace bianmin::ui
