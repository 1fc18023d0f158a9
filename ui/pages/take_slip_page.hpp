// The end of a session, and the slip still waits at the printer's mouth.
#pragma once

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

// Nothing to choose: it goes when the slip is taken.
NodePtr take_slip_page(const PageContext& context);

}  // namespace bianmin::ui
