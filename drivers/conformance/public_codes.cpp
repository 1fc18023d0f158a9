#include "drivers/conformance/public_codes.hpp"

#include <algorithm>
#include <array>

namespace bianmin::conformance {

namespace {

// Sorted. From the contracts of the interfaces, of usb::Channel and of the drivers.
constexpr std::array state_codes = std::to_array<std::string_view>({
    "absent",
    "printer.broken",
    "printer.cover_open",
    "printer.cutter",
    "printer.offline",
    "printer.overheat",
    "printer.paper_low",
    "printer.paper_out",
    "reader.bad_checksum",
    "reader.bad_command",
    "reader.bad_frame",
    "reader.bad_length",
    "reader.link",
    "reader.no_authority",
    "reader.not_an_id_reader",
    "reader.not_authorised",
    "reader.self_test_failed",
    "reader.timeout",
    "reader.unknown_error",
    "ready",
    "scanner.not_a_scanner",
    "starting",
    "usb.busy",
    "usb.cancelled",
    "usb.gone",
    "usb.io",
    "usb.no_access",
    "usb.no_memory",
    "usb.not_found",
    "usb.overflow",
    "usb.stall",
    "usb.timeout",
});

constexpr std::array result_codes = std::to_array<std::string_view>({
    "card.bad_number", "card.busy",         "card.cancelled",   "card.mute",        "card.not_accepted",
    "card.removed",    "card.too_long",     "card.unreadable",  "card.unsupported", "printer.bad_document",
    "printer.busy",    "printer.cancelled", "scanner.bad_code", "usb.cancelled",    "usb.gone",
    "usb.io",          "usb.overflow",      "usb.stall",        "usb.timeout",
});

}  // namespace

bool public_state_code(std::string_view code) {
  return std::binary_search(state_codes.begin(), state_codes.end(), code);
}

bool public_result_code(std::string_view code) {
  return std::binary_search(result_codes.begin(), result_codes.end(), code) || public_state_code(code);
}

Error checked(const Error& error) {
  if (public_result_code(error.code)) return error;
  return {Remedy::refuse, "conformance.unknown_code",
          std::string(error.code) + " is no public code of a result"};
}

}  // namespace bianmin::conformance
