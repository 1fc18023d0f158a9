// kiosk-emulator: the devices of a kiosk, emulated at the USB level, around a command that knows nothing of
// it.
#pragma once

#include "drivers/emulator/chip_cards.hpp"

namespace bianmin::emulator {

// The whole program; returns its exit code. `chips`: the smart cards that "chip on NAME" can put in.
int kiosk_emulator(int argc, char** argv, const ChipCards& chips);

}  // namespace bianmin::emulator
