// The fixed frame of every page: site, network and time above, the five helpers below.
#pragma once

#include <functional>
#include <string>

#include "ui/pages/widgets.hpp"

namespace bianmin::ui {

struct Headline {
  std::string service_title = {};  // empty: no step line
  int step = 0;                    // 0: the service without a step
  int steps = 0;
  std::string title = {};
  std::string hint = {};  // empty: none
};

NodePtr headline(const PageContext& context, const Headline& headline);

// `content` fills the room between the bars.
NodePtr framed_page(const PageContext& context, std::string id, NodePtr content);

// True when the last action stands among the choices as one more of them, for want of height.
bool beside_choices(const PageContext& context, Fit fit);

// The pieces of one arrangement; `actions` may be null.
struct ChoiceParts {
  NodePtr head;
  NodePtr choices;
  NodePtr actions = nullptr;
};

// Headline above, choices in the lower part, in landscape in two columns; or, where that takes too much room,
// one of the closer arrangements. Calls `make` for each arrangement that may be needed.
NodePtr choices_page(const PageContext& context, std::string id, const std::function<ChoiceParts(Fit)>& make);
// In one arrangement: below the headline, or aside when it is tight.
NodePtr choices_page(const PageContext& context, std::string id, ChoiceParts parts);

// Headline, what is to be read, what is to be done. Landscape: reading on the right, the rest on the left.
// `actions` may be null.
NodePtr reading_content(const PageContext& context, NodePtr head, NodePtr body, NodePtr actions);
// The same in its frame.
NodePtr reading_page(const PageContext& context, std::string id, NodePtr head, NodePtr body, NodePtr actions);

// One panel in the middle.
NodePtr centred_page(const PageContext& context, std::string id, NodePtr panel);

}  // namespace bianmin::ui
