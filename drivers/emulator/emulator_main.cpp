#include "drivers/emulator/kiosk_emulator.hpp"

int main(int argc, char** argv) {
  return bianmin::emulator::kiosk_emulator(argc, argv, bianmin::emulator::chip_card);
}
