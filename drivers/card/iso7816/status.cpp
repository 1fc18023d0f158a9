#include "drivers/card/iso7816/status.hpp"

#include <fmt/format.h>

namespace bianmin::card::iso7816 {

namespace {

struct StatusRow {
  std::uint16_t first;
  std::uint16_t last;
  std::string_view code;
  std::string_view text;
};

// The first row that holds a status decides.
constexpr StatusRow rows[] = {
    {0x6282, 0x6282, "card.unreadable", "end of file"},
    {0x6283, 0x6285, "card.refused", "deactivated or terminated"},
    {0x63C0, 0x63C0, "pin.blocked", "no tries left"},
    {0x63C1, 0x63CF, "pin.wrong", "wrong PIN"},
    {0x6700, 0x6700, "card.refused", "wrong length"},
    {0x6881, 0x6884, "card.refused", "channel, secure messaging or chaining not supported"},
    {0x6982, 0x6982, "card.needs_pin", "security status not satisfied"},
    {0x6983, 0x6984, "pin.blocked", "PIN blocked or not usable"},
    {0x6985, 0x6986, "card.refused", "conditions not satisfied"},
    {0x6987, 0x6988, "card.needs_psam", "secure messaging expected"},
    {0x6A80, 0x6A81, "card.refused", "wrong data or function not supported"},
    {0x6A82, 0x6A83, "card.no_content", "no such file or record"},
    {0x6A86, 0x6A87, "card.refused", "wrong parameters"},
    {0x6A88, 0x6A88, "card.no_content", "no such object"},
    {0x6B00, 0x6B00, "card.refused", "wrong parameters"},
    {0x6C00, 0x6CFF, "card.refused", "wrong expected length"},
    {0x6D00, 0x6D00, "card.refused", "instruction not known"},
    {0x6E00, 0x6E00, "card.refused", "class not known"},
};

}  // namespace

std::optional<int> tries_left(std::uint16_t status) {
  if ((status & 0xFFF0U) != 0x63C0U) return std::nullopt;
  return status & 0xF;
}

Error status_error(std::uint16_t status) {
  for (const StatusRow& row : rows) {
    if (status < row.first || status > row.last) continue;
    const auto tries = tries_left(status);
    if (tries.value_or(0) > 0) {
      return {Remedy::ask_resident, row.code,
              fmt::format("{} {} left", *tries, *tries == 1 ? "try" : "tries")};
    }
    return {Remedy::ask_resident, row.code, fmt::format("{:04X} {}", status, row.text)};
  }
  return {Remedy::ask_resident, "card.unreadable", fmt::format("{:04X}", status)};
}

}  // namespace bianmin::card::iso7816
