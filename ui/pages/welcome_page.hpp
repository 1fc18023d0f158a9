// The first page: what would you like to do?
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct ServiceTile {
  std::string icon = {};
  std::string title = {};
  std::string summary = {};
  std::optional<std::string> closed_notice = {};  // set: closed now, and this says why
};

struct WelcomeView {
  std::vector<ServiceTile> tiles = {};
  std::optional<std::string> notice = {};
};

struct WelcomeIntent {
  int index = 0;  // of the tile, which may be a closed one
};

NodePtr welcome_page(const WelcomeView& view, const PageContext& context,
                     const std::function<void(WelcomeIntent)>& intent);

}  // namespace bianmin::ui
