// The retained tree of a page: what is shown, said and can be done, in one place. Plain data, thread-bound.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ui/kit/geometry.hpp"
#include "ui/kit/pixels.hpp"
#include "ui/kit/theme.hpp"

namespace bianmin::ui {

// `page` (the root) and `group` only hold others. A button, choice or helper stands for all that is in it.
enum class Role { page, group, heading, text, status, image, row, button, choice, helper };

std::string_view role_name(Role role);

struct NodeState {
  bool enabled = true;
  bool focused = false;
  bool selected = false;
  bool busy = false;
  bool pressed = false;
  bool operator==(const NodeState&) const = default;
};

enum class Axis { column, row };
enum class Align { start, center, end, stretch };

// All lengths in pixels. Sizes of 0 mean: as large as the content.
struct Style {
  Axis axis = Axis::column;
  int padding_x = 0;
  int padding_y = 0;
  int gap = 0;
  int grow = 0;  // share of the space left over on the axis of the parent
  int width = 0;
  int height = 0;
  int min_height = 0;
  Align main = Align::start;  // where the children stand when nothing grows; stretch is start
  Align cross = Align::stretch;
  int columns = 0;               // > 0: children in a grid of rows of one height, instead of along the axis
  bool own_row_heights = false;  // of a grid: each row is as high as it has to be
  // Children that do not fit go to further pages. The last child is the bar that turns them; its buttons
  // carry a page_step. With main = end the rows stand at the bottom.
  bool paged = false;
  // Children are arrangements of the same things: the first that fits without turning pages is in view, or
  // else the last.
  bool first_fit = false;
  Colour fill;
  Colour pressed_fill;  // under a finger; none: the fill stays
  Colour border;
  int border_width = 0;
  int radius = 0;
  Colour ink;  // of text and icon
  int text_px = 0;
  bool bold = false;
  int max_lines = 0;  // > 0: longer text ends in an ellipsis
  Align text_align = Align::start;
  int icon_px = 0;
  Colour ring;  // focus ring and, inside it, its contrast line
  Colour ring_inner;
  bool operator==(const Style&) const = default;
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  Role role = Role::group;
  std::string id;             // unique on its page where something can be done; "helper.back", "choice.0"
  std::string name;           // what it is, for the dump, for speech and for tests
  std::string spoken;         // what speech says when that differs from the name
  bool headset_only = false;  // speech says it in the headset, never by the loudspeaker
  NodeState state;
  Style style;
  std::string text;                      // drawn
  std::string icon;                      // drawn, a name of ui/kit/icons
  std::shared_ptr<const Pixels> pixels;  // drawn over the whole node; may be null
  std::function<void()> on_activate;
  std::vector<NodePtr> children;
  int page_step = 0;   // activating turns the paged parent's pages by this
  int page_index = 0;  // of a paged node: the page in view, kept inside its limits by layout
  int page_count = 1;
  Rect bounds;          // set by layout
  bool hidden = false;  // set by layout: on another page

  bool actionable() const { return !hidden && state.enabled && (on_activate != nullptr || page_step != 0); }
};

// Calls `visit` for each node that is in view, parents first.
void walk(Node& node, const std::function<void(Node&)>& visit);
void walk(const Node& node, const std::function<void(const Node&)>& visit);

// One line per node that means something to a person: role "name" states x,y wxh, then what is spoken.
std::string semantic_dump(const Node& root);

}  // namespace bianmin::ui
