// The fixed frame of every page: site, network and time above, the five helpers below.
#pragma once

#include <string>

#include "ui/pages/page_context.hpp"

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
bool beside_choices(const PageContext& context);

// Headline above, choices in the lower part; landscape: choices in two columns. When it is tight, the
// headline and the actions stand on the left. `actions` may be null.
NodePtr choices_page(const PageContext& context, std::string id, NodePtr head, NodePtr choices,
                     NodePtr actions);

// Headline, what is to be read, what is to be done. Landscape: reading on the right, the rest on the left.
// `actions` may be null.
NodePtr reading_page(const PageContext& context, std::string id, NodePtr head, NodePtr body, NodePtr actions);

// One panel in the middle.
NodePtr centred_page(const PageContext& context, std::string id, NodePtr panel);

}  // namespace bianmin::ui
