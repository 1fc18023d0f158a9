#include "ui/kit/difference.hpp"

#include "ui/kit/layout.hpp"

namespace bianmin::ui {
namespace {

bool looks_same(const Node& before, const Node& after) {
  return before.bounds == after.bounds && before.hidden == after.hidden &&
         before.state.focused == after.state.focused && before.state.pressed == after.state.pressed &&
         before.text == after.text && before.icon == after.icon && before.pixels == after.pixels &&
         before.style == after.style && before.children.size() == after.children.size();
}

Rect drawn_area(const Node& node) {
  return node.text.empty() ? node.bounds : node.bounds.inset(-overhang_px);
}

void compare(const Node& before, const Node& after, Damage& damage) {
  if (before.hidden && after.hidden) return;
  if (!looks_same(before, after)) {
    if (!before.hidden) damage.add(drawn_area(before));
    if (!after.hidden) damage.add(drawn_area(after));
    return;
  }
  for (std::size_t i = 0; i < before.children.size(); ++i)
    compare(*before.children[i], *after.children[i], damage);
}

}  // namespace

Damage difference(const Node& before, const Node& after) {
  Damage damage;
  compare(before, after, damage);
  return damage;
}

}  // namespace bianmin::ui
