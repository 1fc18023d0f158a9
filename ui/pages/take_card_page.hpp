// The end of a session, and the card still lies on the reader or stands in the slot.
#pragma once

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

enum class CardPlace { reader, slot };

// Nothing to choose: it goes when the card is taken.
NodePtr take_card_page(CardPlace place, const PageContext& context);

}  // namespace bianmin::ui
