// Check the answers before they are kept.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct ReviewView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  std::vector<Row> rows = {};
  std::string note = {};  // what happens next; may be empty
  bool can_submit = true;
  bool with_photo = false;                        // of the card: a place for it beside the headline
  std::shared_ptr<const Pixels> photo = nullptr;  // null: a silhouette stands there
};

struct ReviewIntent {
  enum class Kind { submit, change };
  Kind kind = Kind::submit;
  int row = 0;  // with `change`
};

NodePtr review_page(const ReviewView& view, const PageContext& context,
                    const std::function<void(ReviewIntent)>& intent);

}  // namespace bianmin::ui
