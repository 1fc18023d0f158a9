// One question answered with digits.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct DigitsView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  std::string title = {};
  std::string hint = {};
  std::string digits = {};       // typed so far: 0..9 and X
  std::vector<int> groups = {};  // how they are set, e.g. 3, 4, 4; the rest follows in one piece
  std::size_t digit_count_max = 11;
  bool masked = false;  // shows dots
  bool with_x = false;  // the key X besides the digits
  bool can_next = false;
  bool can_skip = false;
  std::string error = {};  // shown at the digits, instead of the hint; empty: none
};

struct DigitsIntent {
  enum class Kind { changed, next, skip };
  Kind kind = Kind::changed;
  std::string digits = {};  // after this key
};

NodePtr digits_page(const DigitsView& view, const PageContext& context,
                    const std::function<void(DigitsIntent)>& intent);

}  // namespace bianmin::ui
