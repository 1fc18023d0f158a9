// Nothing to see: the resident walked away or asked for privacy.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

// No frame and nothing to touch.
NodePtr blank_page(const PageContext& context);

}  // namespace bianmin::ui
