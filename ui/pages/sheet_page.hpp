// The A4 sheet is being printed: how far it is, and the way back.
#pragma once

#include <functional>
#include <string>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct SheetView {
  Level level = Level::note;
  bool busy = false;  // the printer is at work
  std::string title = {};
  std::string body = {};
  std::string again = {};  // the words for printing it once more; empty: not offered
  std::string leave = {};  // for going back
};

enum class SheetIntent { again, leave };

NodePtr sheet_page(const SheetView& view, const PageContext& context,
                   const std::function<void(SheetIntent)>& intent);

}  // namespace bianmin::ui
