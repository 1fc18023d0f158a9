#include "ui/pages/saved_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

// From the roomiest arrangement to the closest. What can be done is the same in all; the last one, for the
// largest text, drops the hint and lets the rows be turned, beginning with the slip: that is what changes.
enum class Room { mark_above, mark_beside, no_mark, buttons_in_row, slip_first };

NodePtr saved_head(const SavedView& view, const PageContext& context, Room room) {
  NodePtr head = headline(context, {.title = view.title, .hint = room == Room::slip_first ? "" : view.hint});
  if (room >= Room::no_mark) return head;
  const bool above = room == Room::mark_above;
  const bool middle = above && !context.metrics.landscape();
  NodePtr mark = picture(context, "circle-check", !above ? 120 : middle ? 190 : 150, context.theme.good);
  if (middle) {
    for (const NodePtr& line : head->children) line->style.text_align = Align::center;
    mark->style.width = 0;
  }
  NodePtr both = group(above ? Axis::column : Axis::row, context.metrics.units(above ? 8 : 30));
  both->style.cross = !above ? Align::center : middle ? Align::stretch : Align::start;
  if (!above) head->style.grow = 1;
  add(*both, std::move(mark));
  add(*both, std::move(head));
  return both;
}

std::string slip_icon(Level level) { return level == Level::note ? "printer" : level_icon(level); }

NodePtr saved_rows(const SavedView& view, const PageContext& context, Room room) {
  NodePtr slip;
  if (!view.slip_text.empty()) {
    slip = value_row(context, {context.strings.text("saved.slip"), view.slip_text},
                     slip_icon(view.slip_level), level_ink(context, view.slip_level));
    slip->id = "slip";
  }
  if (room == Room::slip_first) return rows_card(context, view.rows, nullptr, {.first = std::move(slip)});
  return rows_card(context, view.rows, nullptr, {.last = std::move(slip)});
}

// The way on is the last one: on the right, or at the bottom. Only when it rates, another follows.
void add_ways_on(Node& actions, const SavedView& view, const PageContext& context, Room room,
                 const std::function<void(SavedIntent)>& intent) {
  const Strings& strings = context.strings;
  if (view.can_reprint) {
    add(actions, button(context, "reprint", strings.text("saved.reprint"),
                        {.kind = ButtonKind::outline, .icon_before = "printer"},
                        [intent] { intent(SavedIntent::reprint_duplicate); }));
  }
  if (!view.sheet_action.empty()) {
    add(actions,
        button(context, "sheet", view.sheet_action, {.kind = ButtonKind::outline, .icon_before = "file-text"},
               [intent] { intent(SavedIntent::sheet); }));
  }
  const std::string finish = strings.text(view.can_rate ? "saved.finish_unrated" : "saved.finish");
  NodePtr last =
      button(context, "finish", finish, {.kind = view.can_rate ? ButtonKind::outline : ButtonKind::primary},
             [intent] { intent(SavedIntent::finish); });
  if (!view.can_rate) {
    add(actions, std::move(last));
    return;
  }
  NodePtr rate =
      button(context, "rate", strings.text("saved.rate"), {}, [intent] { intent(SavedIntent::rate); });
  // Two buttons of the largest text beside half a screen's width would each need two lines.
  if (room < Room::buttons_in_row || context.metrics.tight()) {
    add(actions, std::move(rate));
    add(actions, std::move(last));
    return;
  }
  Node& row = add(actions, group(Axis::row, actions.style.gap));
  last->style.grow = rate->style.grow = 1;
  add(row, std::move(last));
  add(row, std::move(rate));
}

NodePtr saved_arrangement(const SavedView& view, const PageContext& context, Room room,
                          const std::function<void(SavedIntent)>& intent) {
  const Metrics& metrics = context.metrics;
  const bool roomy = room == Room::mark_above;
  const double gap_units = room == Room::slip_first ? 10 : roomy && !metrics.landscape() ? 22 : 16;
  NodePtr body = group(Axis::column, metrics.units(roomy ? 26 : 18));
  add(*body, saved_rows(view, context, room));
  NodePtr actions = group(Axis::column, metrics.units(gap_units));
  // With the largest text the left side of a wide screen has the room.
  const bool states_left = metrics.tight();
  if (!view.states.empty()) add(states_left ? *actions : *body, states_card(context, view.states));
  add_ways_on(*actions, view, context, room, intent);
  return reading_content(context, saved_head(view, context, room), std::move(body), std::move(actions));
}

}  // namespace

NodePtr saved_page(const SavedView& view, const PageContext& context,
                   const std::function<void(SavedIntent)>& intent) {
  NodePtr content = group(Axis::column);
  content->style.first_fit = true;
  const bool largest = context.metrics.text_size == TextSize::extra_large;
  for (const Room room :
       {Room::mark_above, Room::mark_beside, Room::no_mark, Room::buttons_in_row, Room::slip_first}) {
    if (largest && room == Room::mark_above) continue;
    add(*content, saved_arrangement(view, context, room, intent));
  }
  return framed_page(context, "saved", std::move(content));
}

}  // namespace bianmin::ui
