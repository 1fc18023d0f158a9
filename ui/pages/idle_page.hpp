// Nobody touched anything for a while.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct IdleView {
  int seconds_left = 0;
};

enum class IdleIntent { stay, end };

NodePtr idle_page(const IdleView& view, const PageContext& context,
                  const std::function<void(IdleIntent)>& intent);

}  // namespace bianmin::ui
