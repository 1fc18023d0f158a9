#include "ui/kit/difference.hpp"

namespace bianmin::ui {
namespace {

bool looks_same(const Node& before, const Node& after) {
  return before.bounds == after.bounds && before.hidden == after.hidden && before.state.focused == after.state.focused &&
         before.state.pressed == after.state.pressed && before.text == after.text && before.icon == after.icon &&
         before.style == after.style && before.children.size() == after.children.size();
}

void compare(const Node& before, const Node& after, Damage& damage) {
  if (before.hidden && after.hidden) return;
  if (!looks_same(before, after)) {
    if (!before.hidden) damage.add(before.bounds);
    if (!after.hidden) damage.add(after.bounds);
    return;
  }
  for (std::size_t i = 0; i < before.children.size(); ++i) compare(*before.children[i], *after.children[i], damage);
}

}  // namespace

Damage difference(const Node& before, const Node& after) {
  Damage damage;
  compare(before, after, damage);
  return damage;
}

}  // namespace bianmin::ui
