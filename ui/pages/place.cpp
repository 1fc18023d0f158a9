#include "ui/pages/place.hpp"

#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double picture_width_units = 620;
constexpr double picture_height_units = 400;
constexpr double small_picture_height_units = 300;
constexpr double thing_units = 260;
constexpr double small_thing_units = 190;
constexpr double arrow_side_units = 130;

NodePtr place_picture(const PageContext& context, const PlacePage& page) {
  const Metrics& metrics = context.metrics;
  const bool small = metrics.tight();
  NodePtr column = group(small ? Axis::row : Axis::column, 0);
  column->role = Role::image;
  column->name = page.picture_name;
  column->style.cross = small ? Align::end : Align::center;
  column->style.main = Align::center;
  NodePtr box = group(Axis::column);
  box->style.width = metrics.units(picture_width_units);
  box->style.height = metrics.units(small ? small_picture_height_units : picture_height_units);
  box->style.main = box->style.cross = Align::center;
  box->style.fill = page.busy ? context.theme.tint : context.theme.paper;
  box->style.border = context.theme.primary;
  box->style.border_width = metrics.units(8);
  box->style.radius = metrics.units(40);
  add(*box, picture(context, page.icon, small ? small_thing_units : thing_units, context.theme.primary));
  add(*column, std::move(box));
  NodePtr way = group(Axis::row);
  way->style.width = metrics.units(small ? arrow_side_units : picture_width_units + 2 * arrow_side_units);
  way->style.height = metrics.units(arrow_side_units);
  if (page.shows_where) {
    way->style.main = Align::end;
    add(*way, picture(context, "arrow-down-right", arrow_side_units, context.theme.primary));
  }
  add(*column, std::move(way));
  return column;
}

NodePtr below_picture(const PageContext& context, const PlacePage& page) {
  NodePtr note = page.note.empty() ? nullptr : remark(context, page.level, page.note);
  if (page.action_label.empty()) return note;
  NodePtr low = group(Axis::column, context.metrics.units(22));
  if (note != nullptr) add(*low, std::move(note));
  add(*low, button(context, "act", page.action_label, {}, page.act));
  return low;
}

}  // namespace

NodePtr place_page(const PageContext& context, const PlacePage& page) {
  NodePtr body = group(Axis::column);
  body->style.main = Align::center;
  body->style.grow = 1;
  add(*body, place_picture(context, page));
  NodePtr made = reading_page(context, page.id, headline(context, page.headline), std::move(body),
                              below_picture(context, page));
  made->state.busy = page.busy;
  return made;
}

}  // namespace bianmin::ui
