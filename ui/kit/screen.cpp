#include "ui/kit/screen.hpp"

#include "ui/kit/difference.hpp"
#include "ui/kit/layout.hpp"
#include "ui/kit/painter.hpp"

namespace bianmin::ui {
namespace {

constexpr std::string_view back_id = "helper.back";
constexpr std::string_view help_id = "helper.help";

Node* first_match(Node& root, const std::function<bool(const Node&)>& matches) {
  Node* found = nullptr;
  walk(root, [&](Node& node) {
    if (found == nullptr && matches(node)) found = &node;
  });
  return found;
}

}  // namespace

Screen::Screen(Presenter& presenter, const Clock& clock, std::filesystem::path icons_folder, Size size,
               double ppi)
    : presenter_(presenter),
      clock_(clock),
      canvas_(size),
      icons_(std::move(icons_folder)),
      ppi_(ppi),
      last_act_ms_(clock.steady_ms() - repeat_ms) {}

void Screen::carry_over(const Node& old_page, Node& new_page) const {
  walk(old_page, [&](const Node& old_node) {
    if (old_node.id.empty() ||
        (!old_node.state.focused && old_node.id != pressed_id_ && !old_node.style.paged))
      return;
    // Each arrangement of the page has it; which one fits shows later.
    walk(new_page, [&](Node& same) {
      if (same.id != old_node.id) return;
      same.state.focused = old_node.state.focused && same.state.enabled;
      same.state.pressed = old_node.state.pressed && same.state.enabled;
      if (old_node.style.paged) same.page_index = old_node.page_index;
    });
  });
}

void Screen::show(NodePtr page) {
  const NodePtr before = std::move(page_);
  page_ = std::move(page);
  const bool same_page = before != nullptr && before->id == page_->id;
  if (same_page) {
    carry_over(*before, *page_);
  } else {
    pressed_id_.clear();
    page_changed_since_act_ = true;
  }
  lay_out(*page_, size(), typesetter_);
  if (before == nullptr) {
    redraw();
  } else {
    draw(difference(*before, *page_));
  }
}

void Screen::redraw() {
  Damage all;
  all.add({0, 0, size().width, size().height});
  draw(all);
}

void Screen::draw(const Damage& damage) {
  if (page_ == nullptr || damage.empty()) return;
  for (const Rect& rect : damage.rects()) paint(*page_, rect, canvas_, typesetter_, icons_);
  presenter_.present(canvas_, damage.rects());
}

Node* Screen::target_at(Point point) {
  if (page_ == nullptr) return nullptr;
  Node* found = nullptr;  // the last one is the innermost
  walk(*page_, [&](Node& node) {
    if (node.actionable() && node.bounds.contains(point)) found = &node;
  });
  return found;
}

Node* Screen::find_mutable(std::string_view id_or_name) {
  if (page_ == nullptr) return nullptr;
  Node* by_id = first_match(*page_, [&](const Node& node) { return node.id == id_or_name; });
  if (by_id != nullptr) return by_id;
  Node* active =
      first_match(*page_, [&](const Node& node) { return node.name == id_or_name && node.actionable(); });
  return active != nullptr ? active
                           : first_match(*page_, [&](const Node& node) { return node.name == id_or_name; });
}

const Node* Screen::find(std::string_view id_or_name) const {
  return const_cast<Screen*>(this)->find_mutable(id_or_name);  // the search changes nothing
}

std::string Screen::semantic_dump() const {
  return page_ == nullptr ? std::string() : ui::semantic_dump(*page_);
}

void Screen::notify_activity() {
  if (input_activity_) input_activity_();
}

bool Screen::is_repeat(Point point) const {
  if (clock_.steady_ms() - last_act_ms_ >= repeat_ms) return false;
  if (page_changed_since_act_) return true;
  const int radius = static_cast<int>(repeat_radius_mm * ppi_ / 25.4);
  const int dx = point.x - last_act_point_.x;
  const int dy = point.y - last_act_point_.y;
  return dx * dx + dy * dy < radius * radius;
}

void Screen::set_pressed(Node* node) {
  Damage damage;
  if (Node* old = pressed_id_.empty() ? nullptr : find_mutable(pressed_id_); old != nullptr && old != node) {
    if (old->state.pressed) damage.add(old->bounds);
    old->state.pressed = false;
  }
  if (node != nullptr && !node->state.pressed) {
    node->state.pressed = true;
    damage.add(node->bounds);
  }
  draw(damage);
}

void Screen::pointer_down(Point point) {
  notify_activity();
  clear_focus();
  ignoring_press_ = is_repeat(point);
  if (ignoring_press_) return;
  Node* target = target_at(point);
  set_pressed(target);
  pressed_id_ = target == nullptr ? std::string() : target->id;
}

void Screen::pointer_move(Point point) {
  if (pressed_id_.empty()) return;
  Node* pressed = find_mutable(pressed_id_);
  if (pressed == nullptr) return;
  const bool inside = pressed->actionable() && pressed->bounds.contains(point);
  if (inside == pressed->state.pressed) return;
  set_pressed(inside ? pressed : nullptr);
}

void Screen::pointer_up(Point point) {
  if (ignoring_press_) {
    ignoring_press_ = false;
    return;
  }
  if (pressed_id_.empty()) return;
  notify_activity();
  if (pressed_id_.empty()) return;  // the listener showed another page
  Node* pressed = find_mutable(pressed_id_);
  const bool acts = pressed != nullptr && pressed->actionable() && pressed->bounds.contains(point);
  set_pressed(nullptr);
  pressed_id_.clear();
  if (!acts) return;
  last_act_ms_ = clock_.steady_ms();
  last_act_point_ = point;
  page_changed_since_act_ = false;
  act(*pressed);
}

void Screen::pointer_cancel() {
  ignoring_press_ = false;
  set_pressed(nullptr);
  pressed_id_.clear();
}

void Screen::act(Node& node) {
  if (node.page_step != 0) {
    turn_page(node);
    return;
  }
  const std::function<void()> run = node.on_activate;  // the call may replace the page and with it the node
  if (run) run();
}

void Screen::turn_page(const Node& button) {
  Node* pages = first_match(*page_, [&](const Node& node) {
    if (!node.style.paged || node.children.empty()) return false;
    for (const NodePtr& each : node.children.back()->children) {
      if (each.get() == &button) return true;
    }
    return false;
  });
  if (pages == nullptr) return;
  pages->page_index += button.page_step;
  lay_out(*page_, size(), typesetter_);
  Damage damage;
  damage.add(pages->bounds);
  draw(damage);
}

bool Screen::activate(std::string_view id_or_name) {
  Node* node = find_mutable(id_or_name);
  if (node == nullptr || !node->actionable()) return false;
  last_act_ms_ = clock_.steady_ms() - repeat_ms;
  act(*node);
  return true;
}

std::vector<Node*> Screen::focusable() {
  std::vector<Node*> nodes;
  if (page_ != nullptr) {
    walk(*page_, [&](Node& node) {
      if (node.actionable()) nodes.push_back(&node);
    });
  }
  return nodes;
}

Node* Screen::focused() {
  return page_ == nullptr ? nullptr
                          : first_match(*page_, [](const Node& node) { return node.state.focused; });
}

void Screen::clear_focus() {
  Node* old = focused();
  if (old == nullptr) return;
  old->state.focused = false;
  Damage damage;
  damage.add(old->bounds);
  draw(damage);
}

void Screen::move_focus(int step) {
  const std::vector<Node*> nodes = focusable();
  if (nodes.empty()) return;
  const int count = static_cast<int>(nodes.size());
  Node* old = focused();
  int index = step > 0 ? -1 : count;
  for (int i = 0; i < count; ++i) {
    if (nodes[static_cast<std::size_t>(i)] == old) index = i;
  }
  Node& now = *nodes[static_cast<std::size_t>((index + step + count) % count)];
  Damage damage;
  if (old != nullptr) {
    old->state.focused = false;
    damage.add(old->bounds);
  }
  now.state.focused = true;
  damage.add(now.bounds);
  draw(damage);
}

void Screen::key(Key key) {
  notify_activity();
  switch (key) {
    case Key::previous:
      move_focus(-1);
      break;
    case Key::next:
      move_focus(1);
      break;
    case Key::confirm:
      if (Node* node = focused(); node != nullptr && node->actionable()) act(*node);
      break;
    case Key::back:
      activate(back_id);
      break;
    case Key::help:
      activate(help_id);
      break;
  }
}

void Screen::forget() {
  page_.reset();
  pressed_id_.clear();
  typesetter_.forget();
  canvas_.wipe();
  presenter_.present(canvas_, {{0, 0, size().width, size().height}});
}

}  // namespace bianmin::ui
