// What a card's status words mean, ISO/IEC 7816-4. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "terminal/base/result.hpp"

namespace bianmin::card::iso7816 {

constexpr std::uint16_t status_good = 0x9000;
constexpr std::uint16_t status_end_of_file = 0x6282;   // fewer bytes were there than were asked for
constexpr std::uint16_t status_outside_file = 0x6B00;  // wrong P1-P2: an offset behind the end
constexpr std::uint16_t status_wrong_length = 0x6700;
constexpr std::uint16_t status_conditions = 0x6985;  // conditions of use
constexpr std::uint16_t status_bad_data = 0x6A80;

// The tries that 63Cx says are left; nothing for any other status.
std::optional<int> tries_left(std::uint16_t status);

// The error for a status that is not good. Codes, all to ask the resident about (another card may work):
// "pin.wrong" (detail "2 tries left"), "pin.blocked", "card.needs_pin", "card.needs_psam" (secure messaging,
// whose keys are in a module of the issuer), "card.no_content" (no such file, record or object),
// "card.refused" (this card does not do that), "card.unreadable". The detail names the status.
Error status_error(std::uint16_t status);

}  // namespace bianmin::card::iso7816
