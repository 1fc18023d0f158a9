// Five levels of satisfaction, as GB/T 39046 A.8 numbers them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct RatingView {
  std::string service_title = {};  // may be empty
};

struct RatingIntent {
  int level = 0;  // 1 very satisfied .. 5 very dissatisfied; 0: no rating
  bool skipped() const { return level == 0; }
};

NodePtr rating_page(const RatingView& view, const PageContext& context,
                    const std::function<void(RatingIntent)>& intent);

}  // namespace bianmin::ui
