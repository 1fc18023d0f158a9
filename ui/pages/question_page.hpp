// One question with a few answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct Option {
  std::string value = {};  // second line; may be empty
  std::string label = {};
  std::string icon = {};
};

struct QuestionView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  std::string title = {};
  std::string hint = {};
  std::vector<Option> options = {};
  std::optional<int> selected = {};  // set: shown as chosen, and a "next" button goes on with it
  std::string error = {};            // empty: none
};

struct QuestionIntent {
  int index = 0;  // of the option, also when "next" kept the one selected
};

NodePtr question_page(const QuestionView& view, const PageContext& context,
                      const std::function<void(QuestionIntent)>& intent);

}  // namespace bianmin::ui
