#include "ui/pages/review_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double photo_width_units = 153;  // one and a half of the card's own pixels
constexpr double photo_height_units = 189;

NodePtr photo_box(const ReviewView& view, const PageContext& context) {
  NodePtr box = group(Axis::column);
  box->role = Role::image;
  box->name = context.strings.text(view.photo ? "review.photo" : "review.no_photo");
  box->style.width = context.metrics.units(photo_width_units);
  box->style.height = context.metrics.units(photo_height_units);
  box->style.main = box->style.cross = Align::center;
  box->style.border = context.theme.line;
  box->style.border_width = context.metrics.units(3);
  if (view.photo) {
    box->pixels = view.photo;
  } else {
    add(*box, picture(context, "user", photo_width_units * 0.8, context.theme.soft_ink));
  }
  return box;
}

}  // namespace

NodePtr review_page(const ReviewView& view, const PageContext& context,
                    const std::function<void(ReviewIntent)>& intent) {
  NodePtr head = headline(context, {.service_title = view.service_title,
                                    .step = view.step,
                                    .steps = view.steps,
                                    .title = context.strings.text("review.title"),
                                    .hint = context.strings.text("review.hint")});
  // The largest text needs the room itself.
  if (view.with_photo && context.metrics.text_size != TextSize::extra_large) {
    NodePtr both = group(Axis::row, context.metrics.units(26));
    both->style.cross = Align::start;
    head->style.grow = 1;
    add(*both, std::move(head));
    add(*both, photo_box(view, context));
    head = std::move(both);
  }
  NodePtr card = rows_card(context, view.rows, [intent](int row) {
    intent({ReviewIntent::Kind::change, row});
  });
  NodePtr low = group(Axis::column, context.metrics.units(26));
  if (!view.note.empty()) add(*low, remark(context, Level::note, view.note));
  add(*low, button(context, "submit", context.strings.text("review.submit"),
                   {.icon_before = "check", .enabled = view.can_submit}, [intent] {
                     intent({ReviewIntent::Kind::submit, 0});
                   }));
  return reading_page(context, "review", std::move(head), std::move(card), std::move(low));
}

}  // namespace bianmin::ui
