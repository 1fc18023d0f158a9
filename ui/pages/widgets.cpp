#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double landscape_choice_units = 56;
constexpr double corner_units = 24;
constexpr double border_units = 4;
constexpr double chosen_border_units = 10;
constexpr double picture_box_units = 132;
constexpr double picture_units = 92;
constexpr double close_picture_box_units = 104;
constexpr double arrow_units = 56;
constexpr double gap_units = 22;
constexpr double close_gap_units = 12;
constexpr int close_summary_lines_max = 2;
constexpr double button_height_units = 132;
constexpr double landscape_button_height_units = 121;  // 30 mm
constexpr double turn_height_units = 84;
constexpr double turn_text_units = 50;  // the same at every text size: two of them have to share a card

void ring(const PageContext& context, Style& style) {
  style.ring = context.theme.ink;
  style.ring_inner = context.theme.paper;
}

double choice_padding_units(const Metrics& metrics, const ChoiceCard& card) {
  if (card.fit != Fit::roomy && !metrics.tight()) return metrics.landscape() ? 6 : 14;
  if (card.few && !metrics.tight()) return 60;
  return metrics.landscape() ? 11 : 20;
}

}  // namespace

NodePtr group(Axis axis, int gap) {
  auto node = std::make_unique<Node>();
  node->style.axis = axis;
  node->style.gap = gap;
  return node;
}

NodePtr spacer(int grow) {
  NodePtr node = group(Axis::column);
  node->style.grow = grow;
  return node;
}

Node& add(Node& parent, NodePtr child) {
  parent.children.push_back(std::move(child));
  return *parent.children.back();
}

NodePtr text_node(const PageContext& context, Role role, std::string text, const TextLook& look) {
  auto node = std::make_unique<Node>();
  node->role = role;
  node->name = text;
  node->text = std::move(text);
  node->style.text_px = context.metrics.text(look.units);
  node->style.bold = look.bold;
  node->style.ink = look.ink;
  node->style.text_align = look.align;
  return node;
}

NodePtr picture(const PageContext& context, std::string icon, double side_units, Colour ink) {
  auto node = std::make_unique<Node>();
  node->role = Role::image;
  node->icon = std::move(icon);
  node->style.icon_px = context.metrics.units(side_units);
  node->style.width = node->style.icon_px;
  node->style.ink = ink;
  return node;
}

NodePtr choice_card(const PageContext& context, const ChoiceCard& card, std::function<void()> choose) {
  const Theme& theme = context.theme;
  const Metrics& metrics = context.metrics;
  const bool close = metrics.tight() || card.fit != Fit::roomy;
  NodePtr node = group(Axis::row, metrics.units(close ? 20 : 36));
  node->role = Role::choice;
  node->id = card.id;
  node->name = card.title;
  node->spoken = card.summary.empty() ? card.title : card.title + ", " + card.summary;
  node->state.selected = card.selected;
  Style& style = node->style;
  style.cross = Align::center;
  style.padding_x = metrics.units(close ? 24 : 36);
  style.padding_y = metrics.units(choice_padding_units(metrics, card));
  style.fill = card.closed ? theme.ground : theme.paper;
  style.pressed_fill = theme.pressed;
  style.border = card.selected ? theme.primary : theme.line;
  style.border_width = metrics.units(card.selected ? chosen_border_units : border_units);
  style.radius = metrics.units(corner_units);
  ring(context, style);
  node->on_activate = std::move(choose);

  NodePtr box = picture(context, card.icon, picture_units, card.closed ? theme.soft_ink : theme.primary);
  box->style.width = box->style.height = metrics.units(close ? close_picture_box_units : picture_box_units);
  box->style.fill = theme.tint;
  box->style.radius = metrics.units(corner_units);
  add(*node, std::move(box));
  Node& words = add(*node, group(Axis::column));
  words.style.grow = 1;
  add(words, text_node(context, Role::text, card.title,
                       {.units = metrics.landscape() ? landscape_choice_units : choice_units,
                        .bold = true,
                        .ink = card.closed ? theme.soft_ink : theme.ink}));
  if (!card.summary.empty()) {
    Node& summary = add(words, text_node(context, Role::text, card.summary,
                                         {.ink = card.closed ? theme.stop : theme.soft_ink}));
    if (card.fit != Fit::roomy && !card.closed) summary.style.max_lines = close_summary_lines_max;
  }
  if (card.closed) {
    add(*node, picture(context, "circle-x", arrow_units, theme.stop));
  } else if (card.selected) {
    add(*node, picture(context, "circle-check", arrow_units + 10, theme.primary));
  } else if (card.leads_on) {
    add(*node, picture(context, "chevron-right", arrow_units, theme.primary));
  }
  return node;
}

NodePtr pages_bar(const PageContext& context, const std::string& id) {
  NodePtr bar = group(Axis::row, context.metrics.units(gap_units));
  struct Turn {
    const char* key;
    const char* icon;
    const char* suffix;
    int step;
  };
  for (const Turn& turn : {Turn{"frame.previous", "chevron-left", ".previous", -1},
                           Turn{"frame.more", "chevron-right", ".more", 1}}) {
    const ButtonLook look{.kind = ButtonKind::outline,
                          .icon_before = turn.step < 0 ? turn.icon : "",
                          .icon_after = turn.step > 0 ? turn.icon : ""};
    NodePtr made = button(context, id + turn.suffix, context.strings.text(turn.key), look, nullptr);
    made->page_step = turn.step;
    made->style.grow = 1;
    made->style.min_height = context.metrics.units(turn_height_units);
    made->style.padding_y = 0;
    made->children[turn.step < 0 ? 1 : 0]->style.text_px = context.metrics.units(turn_text_units);
    add(*bar, std::move(made));
  }
  return bar;
}

NodePtr choice_grid(const PageContext& context, std::string id, Fit fit) {
  const bool close = fit != Fit::roomy && !context.metrics.tight();
  NodePtr grid = group(Axis::column, context.metrics.units(close ? close_gap_units : gap_units));
  grid->id = std::move(id);
  grid->style.columns = context.metrics.landscape() && fit != Fit::aside ? 2 : 1;
  grid->style.own_row_heights = close;
  grid->style.paged = true;
  grid->style.main = Align::end;
  return grid;
}

NodePtr button(const PageContext& context, std::string id, std::string label, const ButtonLook& look,
               std::function<void()> act) {
  const Theme& theme = context.theme;
  const Metrics& metrics = context.metrics;
  const bool primary = look.kind == ButtonKind::primary;
  NodePtr node = group(Axis::row, metrics.units(24));
  node->role = Role::button;
  node->id = std::move(id);
  node->name = label;
  node->state.enabled = look.enabled;
  node->on_activate = std::move(act);
  Style& style = node->style;
  style.main = style.cross = Align::center;
  style.padding_x = metrics.units(24);
  style.padding_y = metrics.units(metrics.landscape() ? 8 : 16);
  style.min_height = metrics.units(metrics.landscape() ? landscape_button_height_units : button_height_units);
  style.radius = metrics.units(corner_units);
  const bool filled = primary && look.enabled;
  style.fill = filled ? theme.primary : theme.paper;
  style.pressed_fill = primary ? theme.primary_pressed : theme.pressed;
  style.border = look.enabled ? theme.primary : theme.line;
  style.border_width = metrics.units(border_units);
  ring(context, style);
  const Colour ink = filled ? theme.on_primary : look.enabled ? theme.primary : theme.soft_ink;
  if (!look.icon_before.empty()) add(*node, picture(context, look.icon_before, arrow_units, ink));
  add(*node, text_node(context, Role::text, std::move(label),
                       {.units = button_units, .bold = true, .ink = ink, .align = Align::center}));
  if (!look.icon_after.empty()) add(*node, picture(context, look.icon_after, arrow_units, ink));
  return node;
}

NodePtr panel(const PageContext& context) {
  const Metrics& metrics = context.metrics;
  NodePtr node = group(Axis::column, 0);
  node->style.padding_x = metrics.units(metrics.tight() ? 26 : 48);
  node->style.padding_y = metrics.units(metrics.tight() ? 12 : metrics.landscape() ? 24 : 32);
  node->style.fill = context.theme.paper;
  node->style.border = context.theme.line;
  node->style.border_width = metrics.units(border_units);
  node->style.radius = metrics.units(corner_units);
  return node;
}

std::string level_icon(Level level) {
  switch (level) {
    case Level::good:
      return "circle-check";
    case Level::note:
      return "info-circle";
    case Level::stop:
      return "alert-triangle";
  }
  return "info-circle";
}

Colour level_ink(const PageContext& context, Level level) {
  switch (level) {
    case Level::good:
      return context.theme.good;
    case Level::note:
      return context.theme.ink;
    case Level::stop:
      return context.theme.stop;
  }
  return context.theme.ink;
}

NodePtr remark(const PageContext& context, Level level, std::string text) {
  const Metrics& metrics = context.metrics;
  NodePtr node = group(Axis::row, metrics.units(24));
  node->role = Role::status;
  node->name = text;
  Style& style = node->style;
  style.cross = Align::center;
  style.padding_x = metrics.units(36);
  style.padding_y = metrics.units(metrics.landscape() ? 16 : 24);
  style.fill = level == Level::note ? context.theme.note_ground : context.theme.paper;
  style.border = level == Level::note ? context.theme.line : level_ink(context, level);
  style.border_width = metrics.units(border_units);
  style.radius = metrics.units(corner_units);
  add(*node, picture(context, level_icon(level), arrow_units, level_ink(context, level)));
  Node& words =
      add(*node, text_node(context, Role::text, std::move(text), {.ink = level_ink(context, level)}));
  words.style.grow = 1;
  return node;
}

}  // namespace bianmin::ui
