// Something has to be told, with a code that staff can look up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct NoticeView {
  Level level = Level::stop;
  std::string title = {};
  std::string body = {};
  std::string code = {};          // empty: none shown
  std::string action_label = {};  // empty: no button
};

enum class NoticeIntent { act };

NodePtr notice_page(const NoticeView& view, const PageContext& context,
                    const std::function<void(NoticeIntent)>& intent);

}  // namespace bianmin::ui
