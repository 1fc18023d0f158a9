#include <fmt/format.h>

#include "ui/kit/layout.hpp"

namespace bianmin::ui {
namespace {

std::string label(const Node& node) {
  const std::string& shown = !node.name.empty() ? node.name : !node.text.empty() ? node.text : node.id;
  return fmt::format("{} \"{}\" at {},{} {}x{}", role_name(node.role), shown, node.bounds.x, node.bounds.y,
                     node.bounds.width, node.bounds.height);
}

class Inspection {
 public:
  Inspection(Size canvas, Typesetter& typesetter, int target_px)
      : screen_{0, 0, canvas.width, canvas.height}, typesetter_(typesetter), target_px_(target_px) {}

  void inspect(const Node& node) {
    if (node.hidden) return;
    if (!screen_.contains(node.bounds)) fault(node, "leaves the screen");
    inspect_text(node);
    if (!node.icon.empty() &&
        (node.bounds.width < node.style.icon_px || node.bounds.height < node.style.icon_px)) {
      fault(node, "is smaller than its picture");
    }
    const bool target = node.on_activate != nullptr || node.page_step != 0;
    if (target && std::min(node.bounds.width, node.bounds.height) < target_px_)
      fault(node, "is a small target");
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node& child = *node.children[i];
      if (child.hidden) continue;
      if (!node.bounds.contains(child.bounds)) fault(child, "leaves its parent");
      for (std::size_t j = 0; j < i; ++j) {
        const Node& other = *node.children[j];
        if (!other.hidden && other.bounds.intersects(child.bounds)) fault(child, "lies over another");
      }
      inspect(child);
    }
  }

  std::vector<std::string> take() { return std::move(faults_); }

 private:
  void inspect_text(const Node& node) {
    if (node.text.empty()) return;
    const Rect inner = node.bounds.inset(node.style.padding_x, node.style.padding_y);
    const TextSpec spec = text_spec(node);
    if (typesetter_.height(spec, inner.width) > inner.height) fault(node, "has no room for its text");
    const Rect ink = typesetter_.ink(spec, text_bounds(node, typesetter_));
    // Letters such as A or y reach a hair over the box that the font claims for them.
    const Rect with_overhang = node.bounds.inset(-overhang_px);
    if (!ink.empty() && !with_overhang.contains(ink)) fault(node, "has ink outside");
  }

  void fault(const Node& node, std::string_view what) {
    faults_.push_back(fmt::format("{} {}", label(node), what));
  }

  Rect screen_;
  Typesetter& typesetter_;
  int target_px_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> layout_faults(const Node& root, Size canvas, Typesetter& typesetter, int target_px) {
  Inspection inspection(canvas, typesetter, target_px);
  inspection.inspect(root);
  return inspection.take();
}

}  // namespace bianmin::ui
