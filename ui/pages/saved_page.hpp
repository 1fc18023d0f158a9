// It is kept: the case number, the slip, and how far the case is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct SavedView {
  std::string title = {};
  std::string hint = {};
  std::vector<Row> rows = {};
  std::string slip_text = {};  // the state of the printed slip; empty: no such line
  Level slip_level = Level::note;
  std::vector<StateMark> states = {};
  bool can_reprint = false;
  bool can_rate = true;
  std::string sheet_action = {};  // the words for the A4 sheet; empty: there is none
};

enum class SavedIntent { rate, finish, reprint_duplicate, sheet };

NodePtr saved_page(const SavedView& view, const PageContext& context,
                   const std::function<void(SavedIntent)>& intent);

}  // namespace bianmin::ui
