#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double label_width_units = 260;
constexpr double tight_label_width_units = 300;
constexpr double change_height_units = 92;
constexpr double mark_units = 84;
constexpr double state_text_max_units = 50;  // three labels have to share the width

NodePtr rule(const PageContext& context) {
  NodePtr node = group(Axis::column);
  node->style.height = context.metrics.units(3);
  node->style.fill = context.theme.line;
  return node;
}

NodePtr change_button(const PageContext& context, const Row& row, int index,
                      const std::function<void(int)>& change) {
  NodePtr made = button(context, "row." + std::to_string(index), context.strings.text("review.change"),
                        {.kind = ButtonKind::outline}, [change, index] { change(index); });
  made->name = context.strings.text("review.change_name", {{"label", row.label}});
  made->style.min_height = context.metrics.units(change_height_units);
  made->style.padding_x = context.metrics.units(30);
  made->style.padding_y = 0;
  Node& words = *made->children.front();
  words.style.text_px = context.metrics.text(body_units);
  return made;
}

NodePtr stripe(const PageContext& context, bool drawn, bool done) {
  NodePtr node = group(Axis::column);
  node->style.grow = 1;
  node->style.height = context.metrics.units(6);
  if (drawn) node->style.fill = done ? context.theme.good : context.theme.line;
  return node;
}

NodePtr sentence_row(const PageContext& context, const Row& row) {
  const Metrics& metrics = context.metrics;
  NodePtr node = group(Axis::column);
  node->role = Role::row;
  node->name = row.label + ": " + row.value;
  node->style.padding_y = metrics.units(metrics.landscape() ? 8 : 18);
  add(*node, text_node(context, Role::text, row.label, {.ink = context.theme.soft_ink}));
  add(*node, text_node(context, Role::text, row.value, {.bold = true, .ink = context.theme.ink}));
  return node;
}

}  // namespace

NodePtr ruled(const PageContext& context, NodePtr child) {
  NodePtr block = group(Axis::column);
  add(*block, rule(context));
  add(*block, std::move(child));
  return block;
}

NodePtr value_row(const PageContext& context, const Row& row, const std::string& icon, Colour ink) {
  if (row.sentence) return sentence_row(context, row);
  const Metrics& metrics = context.metrics;
  NodePtr node = group(Axis::row, metrics.units(24));
  node->role = Role::row;
  node->name = row.label + ": " + row.value;
  node->style.cross = Align::center;
  node->style.padding_y = metrics.units(metrics.landscape() ? 12 : 18);
  Node& label = add(*node, text_node(context, Role::text, row.label, {.ink = context.theme.soft_ink}));
  label.style.width = metrics.units(metrics.tight() ? tight_label_width_units
                                                    : label_width_units * metrics.text(body_units) /
                                                          metrics.units(body_units));
  if (!icon.empty()) add(*node, picture(context, icon, body_units + 6, ink));
  Node& value =
      add(*node, text_node(context, Role::text, row.value, {.units = value_units, .bold = true, .ink = ink}));
  value.style.grow = 1;
  return node;
}

NodePtr rows_card(const PageContext& context, const std::vector<Row>& rows,
                  const std::function<void(int)>& change, MoreRows more) {
  NodePtr card = panel(context);
  NodePtr lines = group(Axis::column, 0);
  lines->id = "rows";
  lines->style.paged = true;
  if (more.first != nullptr) add(*lines, std::move(more.first));
  int index = 0;
  for (const Row& row : rows) {
    NodePtr line = value_row(context, row, "", context.theme.ink);
    if (row.can_change && change) add(*line, change_button(context, row, index, change));
    add(*lines, lines->children.empty() ? std::move(line) : ruled(context, std::move(line)));
    ++index;
  }
  add(*lines, pages_bar(context, "rows"));
  add(*card, std::move(lines));
  if (more.last != nullptr)
    add(*card, rows.empty() ? std::move(more.last) : ruled(context, std::move(more.last)));
  return card;
}

NodePtr states_card(const PageContext& context, const std::vector<StateMark>& states) {
  const Theme& theme = context.theme;
  NodePtr card = panel(context);
  card->style.axis = Axis::row;
  card->style.padding_x = context.metrics.units(12);
  if (context.metrics.landscape()) card->style.padding_y = context.metrics.units(14);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const StateMark& state = states[i];
    Node& cell = add(*card, group(Axis::column, context.metrics.units(6)));
    cell.role = Role::status;
    cell.name = context.strings.text(state.done ? "states.done" : "states.open", {{"state", state.label}});
    cell.style.grow = 1;
    Node& way = add(cell, group(Axis::row, context.metrics.units(12)));
    way.style.cross = Align::center;
    add(way, stripe(context, i > 0, state.done));
    add(way, picture(context, state.done ? "circle-check" : "circle-dashed", mark_units,
                     state.done ? theme.good : theme.soft_ink));
    add(way, stripe(context, i + 1 < states.size(), i + 1 < states.size() && states[i + 1].done));
    Node& label = add(cell, text_node(context, Role::text, state.label,
                                      {.bold = state.done,
                                       .ink = state.done ? theme.good : theme.soft_ink,
                                       .align = Align::center}));
    label.style.text_px = std::min(label.style.text_px, context.metrics.units(state_text_max_units));
  }
  return card;
}

}  // namespace bianmin::ui
