// The pieces pages are made of. Each returns a new tree of nodes in the look of the context's theme.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

// Text heights at the size `large`, in units of 0.248 mm.
constexpr double body_units = 42;
constexpr double hint_units = 46;
constexpr double value_units = 48;
constexpr double button_units = 56;
constexpr double choice_units = 60;
constexpr double title_units = 76;
constexpr double number_units = 150;

struct TextLook {
  double units = body_units;
  bool bold = false;
  Colour ink = {};
  Align align = Align::start;
};

NodePtr group(Axis axis, int gap = 0);
NodePtr spacer(int grow = 1);
NodePtr text_node(const PageContext& context, Role role, std::string text, const TextLook& look);
NodePtr picture(const PageContext& context, std::string icon, double side_units, Colour ink);
// Moves `child` to the end of the parent's children and lends it.
Node& add(Node& parent, NodePtr child);

// How much room an arrangement of a page takes. Of those that a page makes the first that fits is shown.
enum class Fit {
  roomy,
  close,  // smaller gaps and pictures, each row only as high as it has to be
  aside   // landscape: headline and actions on the left of one column of choices
};

struct ChoiceCard {
  std::string id = {};
  std::string icon = {};
  std::string title = {};
  std::string summary = {};
  bool selected = false;
  bool closed = false;   // not to be had now; the summary says why, and touching it says more
  bool leads_on = true;  // shows the arrow
  bool few = false;      // higher, where there are few
  Fit fit = Fit::roomy;
};
NodePtr choice_card(const PageContext& context, const ChoiceCard& card, std::function<void()> choose);
// Choices in one column in portrait or aside, two in landscape; what does not fit goes to further pages.
NodePtr choice_grid(const PageContext& context, std::string id, Fit fit);
// The bar that turns the pages of a paged node; to be its last child.
NodePtr pages_bar(const PageContext& context, const std::string& id);

enum class ButtonKind { primary, outline };
struct ButtonLook {
  ButtonKind kind = ButtonKind::primary;
  std::string icon_before = {};
  std::string icon_after = {};
  bool enabled = true;
};
NodePtr button(const PageContext& context, std::string id, std::string label, const ButtonLook& look,
               std::function<void()> act);

// A bordered panel for other things.
NodePtr panel(const PageContext& context);
NodePtr remark(const PageContext& context, Level level, std::string text);
std::string level_icon(Level level);
Colour level_ink(const PageContext& context, Level level);

// Rows besides those with answers; may be null.
struct MoreRows {
  NodePtr first = nullptr;
  NodePtr last = nullptr;  // stays in view when the others are turned
};
// An answers card: label, value, and "change" where it is allowed.
NodePtr rows_card(const PageContext& context, const std::vector<Row>& rows,
                  const std::function<void(int)>& change, MoreRows more = {});
// A thin line above `child`.
NodePtr ruled(const PageContext& context, NodePtr child);
NodePtr value_row(const PageContext& context, const Row& row, const std::string& icon, Colour ink);
// The way of a case: done, done, not yet.
NodePtr states_card(const PageContext& context, const std::vector<StateMark>& states);

}  // namespace bianmin::ui
