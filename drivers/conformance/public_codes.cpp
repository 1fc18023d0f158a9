#include "drivers/conformance/public_codes.hpp"

#include <algorithm>
#include <array>

namespace bianmin::conformance {

namespace {

// Sorted. From the contracts of the interfaces.
constexpr std::array result_codes = std::to_array<std::string_view>({
    "card.bad_number",
    "card.busy",
    "card.cancelled",
    "card.module_not_trusted",
    "card.mute",
    "card.no_content",
    "card.no_random",
    "card.not_accepted",
    "card.not_authenticated",
    "card.not_selected",
    "card.not_verified",
    "card.removed",
    "card.too_long",
    "card.unknown_status",
    "card.unreadable",
    "card.unsupported",
    "printer.bad_document",
    "printer.busy",
    "printer.cancelled",
    "printer.not_printed",
    "reader.absent",
    "reader.busy",
    "scanner.bad_code",
});

}  // namespace

bool public_result_code(std::string_view code) {
  return std::binary_search(result_codes.begin(), result_codes.end(), code) ||
         find_device_code(code) != nullptr;
}

Error checked(const Error& error) {
  if (public_result_code(error.code)) return error;
  return {Remedy::refuse, "conformance.unknown_code",
          std::string(error.code) + " is no public code of a result"};
}

}  // namespace bianmin::conformance
