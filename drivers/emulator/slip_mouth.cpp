#include "drivers/emulator/slip_mouth.hpp"

namespace bianmin::emulator {

bool SlipMouth::is_command(ByteView command) {
  return command.size() >= 3 && command[0] == 0x1D && command[1] == 'e';
}

void SlipMouth::obey(ByteView command) {
  constexpr std::uint8_t retract = 2;
  constexpr std::uint8_t present = 3;
  constexpr std::uint8_t eject = 5;
  constexpr std::uint8_t present_for = 32;
  const std::uint8_t what = command[2];
  if (place_ == Place::nowhere) return;
  if (what == retract && !stuck_) {
    place_ = Place::nowhere;
    ++retracted_count_;
  } else if (what == present || what == present_for) {
    place_ = Place::mouth;
  } else if (what == eject) {
    place_ = Place::nowhere;
    ++fallen_count_;
  }
}

void SlipMouth::cut() {
  if (place_ != Place::nowhere) ++fallen_count_;
  place_ = Place::inside;
}

Bytes SlipMouth::full_status(bool paper, bool paper_low, bool cover_open) {
  if (silent_) return {};
  if (taken_at_ > 0 && --taken_at_ == 0) take();
  const unsigned of_paper = (paper ? 0 : 0x01U) | (paper_low ? 0x04U : 0) | (holds() ? 0x20U : 0);
  return {0x10, 0x0F, static_cast<std::uint8_t>(of_paper), static_cast<std::uint8_t>(cover_open ? 0x03 : 0),
          0,    0};
}

}  // namespace bianmin::emulator
