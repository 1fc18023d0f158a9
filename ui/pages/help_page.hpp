// Whom to call.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct HelpView {
  std::string phone = {};
  std::vector<Row> rows = {};
};

enum class HelpIntent { close };

NodePtr help_page(const HelpView& view, const PageContext& context,
                  const std::function<void(HelpIntent)>& intent);

}  // namespace bianmin::ui
