// How far a case is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct ProgressView {
  std::string case_no = {};
  std::vector<Row> rows = {};
  std::vector<StateMark> states = {};
  std::string source_note = {};  // where this answer comes from: asked just now, or what this machine knows
  Level level = Level::good;
};

enum class ProgressIntent { another, finish };

NodePtr progress_page(const ProgressView& view, const PageContext& context,
                      const std::function<void(ProgressIntent)>& intent);

}  // namespace bianmin::ui
