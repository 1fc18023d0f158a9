// The personal data file of an Estonian eID: eight records of text. Pure; hostile bytes.
#pragma once

#include <array>

#include "drivers/card/eid/electronic_id.hpp"

namespace bianmin::card {

// Surname, given names, sex, citizenship, birth "dd mm yyyy place", personal code, document number, last day
// "dd mm yyyy": as read, with any padding of zeros and spaces.
constexpr std::size_t eid_record_count = 8;
using EidRecords = std::array<SecretBytes, eid_record_count>;

// Errors, to ask the resident about: "card.unreadable", "card.bad_number" (the personal code does not check).
// Where the record of the birth is empty, the personal code says it.
Result<EidPerson> parse_eid_records(const EidRecords& records);

}  // namespace bianmin::card
