// Draws what came out of a receipt printer.
#pragma once

#include <filesystem>
#include <vector>

#include "drivers/printer/printed_slip.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::kioskctl {

// A pixel for each dot of the head, 8 a millimetre; slips one below the other, with a line where one was cut
// and a dashed one where it was not. Errors: the canvas's, "preview.too_long".
Result<void> draw_slips(const std::vector<printer::PrintedSlip>& slips, int area_dots,
                        const std::filesystem::path& png);

}  // namespace bianmin::kioskctl
