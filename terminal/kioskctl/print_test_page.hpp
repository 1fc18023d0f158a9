// kioskctl print-test --page
#pragma once

#include "drivers/printer/page_printer.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::kioskctl {

// A page that shows what a printer can get wrong: edges, greys, small and large letters, a code.
Result<printer::PageJob> test_page(const Clock& clock);

}  // namespace bianmin::kioskctl
