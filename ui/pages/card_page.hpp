// Put the ID card on the reader.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

enum class CardPrompt {
  waiting,
  reading,
  reader_missing,
  problem,
  forgotten
};  // forgotten: another one lies there

struct CardView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  CardPrompt prompt = CardPrompt::waiting;
  std::string problem_text = {};  // shown with `problem`
};

// Nothing to choose but the helpers.
NodePtr card_page(const CardView& view, const PageContext& context);

}  // namespace bianmin::ui
