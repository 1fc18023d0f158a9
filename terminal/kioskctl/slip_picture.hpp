// Draws what came out of a receipt printer.
#pragma once

#include <filesystem>
#include <vector>

#include "drivers/printer/printed_slip.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::kioskctl {

// Dots of an 80 mm printer at 203 dpi; slips one below the other with a torn edge between them. Errors: the
// canvas's, "preview.too_long".
Result<void> draw_slips(const std::vector<printer::PrintedSlip>& slips, const std::filesystem::path& png);

}  // namespace bianmin::kioskctl
