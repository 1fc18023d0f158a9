// Why a service is closed now, what is open all the same, and where else to go.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct ClosedView {
  std::string service_title = {};
  std::string reason = {};  // what is the matter, in the resident's words
  std::vector<std::string> open_services = {};
  int more_open = 0;  // besides those named
  std::string phone = {};
  std::string code = {};  // for staff
};

enum class ClosedIntent { back };

NodePtr closed_page(const ClosedView& view, const PageContext& context,
                    const std::function<void(ClosedIntent)>& intent);

}  // namespace bianmin::ui
