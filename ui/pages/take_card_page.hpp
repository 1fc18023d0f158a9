// The end of a session, and the card still lies on the reader.
#pragma once

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

// Nothing to choose: it goes when the card is taken.
NodePtr take_card_page(const PageContext& context);

}  // namespace bianmin::ui
