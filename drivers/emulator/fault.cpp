#include "drivers/emulator/fault.hpp"

#include <array>
#include <utility>

namespace bianmin::emulator {

namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 12> names = {{
    {"unplug", FaultKind::unplug},
    {"stall", FaultKind::stall},
    {"timeout", FaultKind::timeout},
    {"short", FaultKind::short_answer},
    {"oversize", FaultKind::oversize},
    {"wrong-checksum", FaultKind::wrong_checksum},
    {"garbage", FaultKind::garbage},
    {"babble", FaultKind::babble},
    {"bit-flip", FaultKind::bit_flip},
    {"wrong-sequence", FaultKind::wrong_sequence},
    {"late", FaultKind::late},
    {"stale", FaultKind::stale},
}};

}  // namespace

std::optional<FaultKind> fault_from_name(std::string_view name) {
  for (const auto& [known, kind] : names) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string_view fault_name(FaultKind kind) {
  for (const auto& [name, known] : names) {
    if (known == kind) return name;
  }
  return "unknown";
}

}  // namespace bianmin::emulator
