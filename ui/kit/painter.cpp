#include "ui/kit/painter.hpp"

#include "ui/kit/layout.hpp"

namespace bianmin::ui {
namespace {

// Two lines side by side, so that one of them stands out from whatever is around.
constexpr int ring_outer_px = 8;
constexpr int ring_inner_px = 4;

void paint_box(const Node& node, Canvas& canvas) {
  const Style& style = node.style;
  const Colour fill = node.state.pressed && style.pressed_fill.alpha != 0 ? style.pressed_fill : style.fill;
  if (style.radius == 0 && style.border_width == 0) {
    canvas.fill(node.bounds, fill);
  } else {
    canvas.box(node.bounds, style.radius, fill, style.border, style.border_width);
  }
}

void paint_ring(const Node& node, Canvas& canvas) {
  const int radius = node.style.radius;
  canvas.box(node.bounds, radius, {}, node.style.ring, ring_outer_px);
  canvas.box(node.bounds.inset(ring_outer_px), std::max(0, radius - ring_outer_px), {}, node.style.ring_inner,
             ring_inner_px);
}

void paint_node(const Node& node, const Rect& clip, Canvas& canvas, Typesetter& typesetter, Icons& icons) {
  if (node.hidden || !node.bounds.intersects(clip)) return;
  const Style& style = node.style;
  paint_box(node, canvas);
  const Rect inner = node.bounds.inset(style.padding_x, style.padding_y);
  if (!node.text.empty()) {
    typesetter.draw(canvas, text_spec(node), text_bounds(node, typesetter), style.ink);
  }
  if (node.pixels != nullptr) canvas.picture(inner, *node.pixels);
  if (!node.icon.empty()) icons.draw(canvas, node.icon, inner, style.icon_px, style.ink);
  for (const NodePtr& child : node.children) paint_node(*child, clip, canvas, typesetter, icons);
  if (node.state.focused) paint_ring(node, canvas);
}

}  // namespace

void paint(const Node& root, const Rect& clip, Canvas& canvas, Typesetter& typesetter, Icons& icons) {
  canvas.push_clip(clip);
  paint_node(root, clip, canvas, typesetter, icons);
  canvas.pop_clip();
}

}  // namespace bianmin::ui
