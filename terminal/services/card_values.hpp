// Which kinds of identity cards there are, and what each of them says.
#pragma once

#include <array>
#include <string_view>

namespace bianmin::services {

// As in "cards" of a package and in the value "kind" of a card.
// An electronic ID goes into the smart card reader, and its owner signs in, and signs, with PINs; the others
// lie on the reader of identity cards.
inline constexpr std::string_view electronic_id = "electronic-id";
inline constexpr std::array<std::string_view, 5> card_kinds = {
    "resident", "hong-kong-macao-taiwan", "foreigner-2017", "foreigner-2023", electronic_id};
inline constexpr std::string_view default_card_kind = "resident";

inline constexpr std::array<std::string_view, 16> card_keys = {
    "kind",    "name",           "english_name", "sex",      "ethnicity",     "nationality", "birth",
    "address", "number",         "valid_from",   "valid_to", "former_number", "issue_count", "permit_number",
    "issuer",  "further_address"};

enum class CardHas { never, sometimes, always };

// `never` for an unknown kind or key.
CardHas card_has(std::string_view kind, std::string_view key);

// What is read only when "reads" of a package asks for it. Each goes into the record.
inline constexpr std::string_view read_fingerprints = "fingerprints";
inline constexpr std::string_view read_further_address = "further-address";
inline constexpr std::array<std::string_view, 2> card_reads = {read_fingerprints, read_further_address};

}  // namespace bianmin::services
