// Somebody else's card was put on the reader in the middle of a service.
#pragma once

#include <functional>
#include <string>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

enum class AnotherCardIntent {
  go_on,       // with the person who is here; the answers are kept
  start_anew,  // the other person comes next: all answers go
};

NodePtr another_card_page(std::string_view code, const PageContext& context,
                          const std::function<void(AnotherCardIntent)>& intent);

}  // namespace bianmin::ui
