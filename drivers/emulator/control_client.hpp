// Speaks to a running kiosk-emulator. Needs nothing of it: for `kioskctl emulate` and tests.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/result.hpp"

namespace bianmin::emulator {

// Sends one line ("card on", "paper out", "scan TEXT", ...) and returns the answer. Blocks at most some
// seconds. `path` is the emulator's socket, or in the guest of a virtual machine the serial port that ends
// there (/dev/vport0p1). Errors: "emulator.unreachable": nobody listens there; "emulator.refused": the line
// was not understood or could not be done, with the emulator's own words.
Result<std::string> emulator_command(const std::string& path, std::string_view line);

}  // namespace bianmin::emulator
