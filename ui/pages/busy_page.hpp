// Something takes a moment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct BusyView {
  std::string text = {};
};

NodePtr busy_page(const BusyView& view, const PageContext& context);

}  // namespace bianmin::ui
