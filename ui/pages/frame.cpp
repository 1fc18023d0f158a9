#include "ui/pages/frame.hpp"

#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double margin_units = 48;
constexpr double close_padding_units = 14;
constexpr double bar_text_units = 42;
constexpr double tight_title_units = 62;

// The bars keep their size: they are the same on every page, and so is the room between them.
NodePtr bar_text(const PageContext& context, Role role, std::string text, bool bold) {
  NodePtr node = text_node(context, role, std::move(text), {.bold = bold, .ink = context.theme.ink});
  node->style.text_px = context.metrics.units(bar_text_units);
  return node;
}

NodePtr bar_line(const PageContext& context, bool upright) {
  NodePtr node = group(Axis::column);
  (upright ? node->style.width : node->style.height) = context.metrics.units(upright ? 2 : 3);
  node->style.fill = context.theme.line;
  return node;
}

NodePtr top_bar(const PageContext& context) {
  const Metrics& metrics = context.metrics;
  NodePtr bar = group(Axis::row, metrics.units(20));
  bar->style.height = metrics.units(metrics.landscape() ? 100 : 128);
  bar->style.padding_x = metrics.units(margin_units);
  bar->style.cross = Align::center;
  bar->style.fill = context.theme.paper;
  Node& site = add(*bar, bar_text(context, Role::text, context.site_name, true));
  site.style.grow = 1;
  if (context.headset_in)
    add(*bar, bar_text(context, Role::status, context.strings.text("frame.headset"), false));
  NodePtr dot = group(Axis::column);
  dot->style.width = dot->style.height = metrics.units(26);
  dot->style.radius = dot->style.width / 2;
  dot->style.fill = context.online ? context.theme.good : Colour{};
  dot->style.border = context.online ? context.theme.good : context.theme.stop;
  dot->style.border_width = metrics.units(5);
  add(*bar, std::move(dot));
  add(*bar, bar_text(context, Role::status,
                     context.strings.text(context.online ? "frame.online" : "frame.offline"), false));
  add(*bar, bar_text(context, Role::status, context.clock_text, false));
  return bar;
}

struct Helper {
  HelperIntent intent;
  const char* key;
  const char* icon;
};
constexpr Helper helpers[] = {{HelperIntent::back, "helper.back", "arrow-left"},
                              {HelperIntent::text_size, "helper.text_size", "text-size"},
                              {HelperIntent::contrast, "helper.contrast", "contrast"},
                              {HelperIntent::language, "helper.language", "language"},
                              {HelperIntent::help, "helper.help", "hand-stop"}};

NodePtr helper_button(const PageContext& context, const Helper& helper) {
  const Metrics& metrics = context.metrics;
  const bool enabled = helper.intent != HelperIntent::back || context.can_go_back;
  NodePtr node =
      group(metrics.landscape() ? Axis::row : Axis::column, metrics.units(metrics.landscape() ? 16 : 0));
  node->role = Role::helper;
  node->id = helper.key;
  node->name = context.strings.text(helper.key);
  node->state.enabled = enabled;
  node->style.grow = 1;
  node->style.main = node->style.cross = Align::center;
  node->style.fill = context.theme.paper;
  node->style.pressed_fill = context.theme.pressed;
  node->style.ring = context.theme.ink;
  node->style.ring_inner = context.theme.paper;
  if (enabled) {
    node->on_activate = [act = context.helper, intent = helper.intent] {
      if (act) act(intent);
    };
  }
  const Colour ink = enabled ? context.theme.ink : context.theme.line;
  add(*node, picture(context, helper.icon, 64, ink));
  Node& label = add(*node, bar_text(context, Role::text, node->name, false));
  label.style.ink = ink;
  label.style.text_align = Align::center;
  return node;
}

NodePtr bottom_bar(const PageContext& context) {
  NodePtr bar = group(Axis::row);
  bar->style.height = context.metrics.units(context.metrics.landscape() ? 112 : 168);
  bar->style.fill = context.theme.paper;
  for (const Helper& helper : helpers) {
    if (!bar->children.empty()) add(*bar, bar_line(context, true));
    add(*bar, helper_button(context, helper));
  }
  return bar;
}

NodePtr content_box(const PageContext& context, Axis axis, double gap_units) {
  const Metrics& metrics = context.metrics;
  NodePtr content = group(axis, metrics.units(gap_units));
  content->style.padding_x = metrics.units(margin_units);
  content->style.padding_y = metrics.units(metrics.landscape() ? 24 : 30);
  return content;
}

void tighten(const PageContext& context, Node& content) {
  if (context.metrics.landscape()) content.style.padding_y = context.metrics.units(close_padding_units);
}

NodePtr choices_below(const PageContext& context, ChoiceParts parts, Fit fit = Fit::roomy) {
  const bool close = fit != Fit::roomy;
  NodePtr content = content_box(context, Axis::column, !context.metrics.landscape() ? 22 : close ? 10 : 16);
  if (close) tighten(context, *content);
  add(*content, std::move(parts.head));
  add(*content, spacer());
  add(*content, std::move(parts.choices));
  if (parts.actions != nullptr) add(*content, std::move(parts.actions));
  return content;
}

NodePtr choices_aside(const PageContext& context, ChoiceParts parts) {
  NodePtr content = content_box(context, Axis::row, 36);
  if (!context.metrics.tight()) tighten(context, *content);
  Node& left = add(*content, group(Axis::column, context.metrics.units(16)));
  left.style.grow = 10;
  add(left, std::move(parts.head));
  add(left, spacer());
  if (parts.actions != nullptr) add(left, std::move(parts.actions));
  Node& right = add(*content, group(Axis::column, context.metrics.units(16)));
  right.style.grow = 17;
  right.style.main = Align::end;
  add(right, std::move(parts.choices));
  return content;
}

}  // namespace

NodePtr headline(const PageContext& context, const Headline& headline) {
  NodePtr head = group(Axis::column, context.metrics.units(2));
  if (!headline.service_title.empty()) {
    const std::string line =
        headline.steps > 0 ? context.strings.text("frame.step", {{"service", headline.service_title},
                                                                 {"n", std::to_string(headline.step)},
                                                                 {"all", std::to_string(headline.steps)}})
                           : headline.service_title;
    add(*head, text_node(context, Role::text, line, {.ink = context.theme.soft_ink}));
  }
  add(*head, text_node(context, Role::heading, headline.title,
                       {.units = context.metrics.tight() ? tight_title_units : title_units,
                        .bold = true,
                        .ink = context.theme.ink}));
  if (!headline.hint.empty()) {
    add(*head,
        text_node(context, Role::text, headline.hint, {.units = hint_units, .ink = context.theme.soft_ink}));
  }
  return head;
}

NodePtr framed_page(const PageContext& context, std::string id, NodePtr content) {
  auto page = std::make_unique<Node>();
  page->role = Role::page;
  page->name = id;
  page->id = std::move(id);
  page->style.fill = context.theme.ground;
  add(*page, top_bar(context));
  add(*page, bar_line(context, false));
  content->style.grow = 1;
  add(*page, std::move(content));
  add(*page, bar_line(context, false));
  add(*page, bottom_bar(context));
  return page;
}

bool beside_choices(const PageContext& context, Fit fit) {
  return context.metrics.landscape() && fit != Fit::aside;
}

NodePtr choices_page(const PageContext& context, std::string id,
                     const std::function<ChoiceParts(Fit)>& make) {
  NodePtr content = group(Axis::column);
  content->style.first_fit = true;
  if (!context.metrics.tight()) {
    for (const Fit fit : {Fit::roomy, Fit::close}) add(*content, choices_below(context, make(fit), fit));
  }
  if (context.metrics.landscape()) add(*content, choices_aside(context, make(Fit::aside)));
  return framed_page(context, std::move(id), std::move(content));
}

NodePtr choices_page(const PageContext& context, std::string id, ChoiceParts parts) {
  NodePtr content = context.metrics.tight() ? choices_aside(context, std::move(parts))
                                            : choices_below(context, std::move(parts));
  return framed_page(context, std::move(id), std::move(content));
}

NodePtr reading_content(const PageContext& context, NodePtr head, NodePtr body, NodePtr actions) {
  if (!context.metrics.landscape()) {
    NodePtr content = content_box(context, Axis::column, 26);
    add(*content, std::move(head));
    const bool fills = body->style.grow > 0;
    add(*content, std::move(body));
    if (!fills) add(*content, spacer());
    if (actions != nullptr) add(*content, std::move(actions));
    return content;
  }
  // The largest text needs the whole width for its headline.
  const bool head_above = context.metrics.tight();
  NodePtr content = content_box(context, Axis::column, 22);
  if (head_above) add(*content, std::move(head));
  Node& columns = add(*content, group(Axis::row, context.metrics.units(48)));
  columns.style.grow = 1;
  Node& left = add(columns, group(Axis::column, context.metrics.units(22)));
  left.style.grow = head_above ? 10 : 9;
  if (!head_above) add(left, std::move(head));
  add(left, spacer());
  if (actions != nullptr) add(left, std::move(actions));
  Node& right = add(columns, group(Axis::column));
  right.style.grow = 11;
  right.style.main = Align::center;
  add(right, std::move(body));
  return content;
}

NodePtr reading_page(const PageContext& context, std::string id, NodePtr head, NodePtr body,
                     NodePtr actions) {
  return framed_page(context, std::move(id),
                     reading_content(context, std::move(head), std::move(body), std::move(actions)));
}

NodePtr centred_page(const PageContext& context, std::string id, NodePtr panel) {
  const Metrics& metrics = context.metrics;
  NodePtr content = content_box(context, Axis::column, 0);
  content->style.main = Align::center;
  content->style.cross = Align::center;
  panel->style.width = metrics.canvas.width - 2 * metrics.units(margin_units);
  if (metrics.landscape()) panel->style.width = metrics.canvas.width * 2 / 3;
  add(*content, std::move(panel));
  return framed_page(context, std::move(id), std::move(content));
}

}  // namespace bianmin::ui
