// Put the ID card on the reader, or an electronic ID into it.
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

// What is asked for: the card on the reader, an electronic ID in the slot, one of the two, or the electronic
// ID once more, to sign with.
enum class CardWay { id_card, electronic_id, either, sign };

struct CardView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  CardPrompt prompt = CardPrompt::waiting;
  std::string problem_text = {};  // shown with `problem`
  CardWay way = CardWay::id_card;
};

// Nothing to choose but the helpers.
NodePtr card_page(const CardView& view, const PageContext& context);

}  // namespace bianmin::ui
