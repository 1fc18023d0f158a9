#include "ui/kit/node.hpp"

#include <fmt/format.h>

namespace bianmin::ui {
namespace {

bool stands_for_children(const Node& node) {
  return node.role == Role::button || node.role == Role::choice || node.role == Role::helper ||
         node.role == Role::row || node.role == Role::status;
}

void dump(const Node& node, int depth, std::string& out) {
  if (node.hidden) return;
  const bool silent = node.name.empty() && (node.role == Role::group || node.role == Role::image);
  if (!silent) {
    out += fmt::format("{:{}}{} \"{}\"", "", depth * 2, role_name(node.role), node.name);
    if (!node.state.enabled) out += " disabled";
    if (node.state.focused) out += " focused";
    if (node.state.selected) out += " selected";
    if (node.state.busy) out += " busy";
    if (node.state.pressed) out += " pressed";
    if (node.headset_only) out += " headset-only";
    out += fmt::format(" {},{} {}x{}", node.bounds.x, node.bounds.y, node.bounds.width, node.bounds.height);
    if (!node.spoken.empty() && node.spoken != node.name) out += fmt::format(" says \"{}\"", node.spoken);
    out += '\n';
  }
  for (const NodePtr& child : node.children) {
    // Inside a button only what can be activated by itself is a thing of its own.
    if (stands_for_children(node) && !child->on_activate) continue;
    dump(*child, depth + (silent ? 0 : 1), out);
  }
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::page:
      return "page";
    case Role::group:
      return "group";
    case Role::heading:
      return "heading";
    case Role::text:
      return "text";
    case Role::status:
      return "status";
    case Role::image:
      return "image";
    case Role::row:
      return "row";
    case Role::button:
      return "button";
    case Role::choice:
      return "choice";
    case Role::helper:
      return "helper";
  }
  return "group";
}

void walk(Node& node, const std::function<void(Node&)>& visit) {
  if (node.hidden) return;
  visit(node);
  for (const NodePtr& child : node.children) walk(*child, visit);
}

void walk(const Node& node, const std::function<void(const Node&)>& visit) {
  if (node.hidden) return;
  visit(node);
  for (const NodePtr& child : node.children) walk(static_cast<const Node&>(*child), visit);
}

std::string semantic_dump(const Node& root) {
  std::string out;
  dump(root, 0, out);
  return out;
}

}  // namespace bianmin::ui
