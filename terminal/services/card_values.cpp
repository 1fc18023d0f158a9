#include "terminal/services/card_values.hpp"

#include <algorithm>

namespace bianmin::services {

namespace {

constexpr CardHas no = CardHas::never;
constexpr CardHas maybe = CardHas::sometimes;
constexpr CardHas yes = CardHas::always;

struct Row {
  std::string_view key;
  std::array<CardHas, card_kinds.size()> has;  // in the order of card_kinds
};

constexpr std::array<Row, card_keys.size()> rows = {{{"kind", {yes, yes, yes, yes, yes}},
                                                     {"name", {yes, yes, yes, yes, yes}},
                                                     {"english_name", {no, no, yes, yes, no}},
                                                     {"sex", {yes, yes, yes, yes, yes}},
                                                     {"ethnicity", {yes, no, no, no, no}},
                                                     {"nationality", {no, no, yes, yes, yes}},
                                                     {"birth", {yes, yes, yes, yes, yes}},
                                                     {"address", {yes, yes, no, no, no}},
                                                     {"number", {yes, yes, yes, yes, yes}},
                                                     {"valid_from", {yes, yes, yes, yes, no}},
                                                     {"valid_to", {yes, yes, yes, yes, yes}},
                                                     {"former_number", {no, no, no, maybe, no}},
                                                     {"issue_count", {no, maybe, no, maybe, no}},
                                                     {"permit_number", {no, yes, no, no, no}},
                                                     {"issuer", {yes, yes, no, no, no}},
                                                     {"further_address", {maybe, maybe, maybe, maybe, no}}}};

}  // namespace

CardHas card_has(std::string_view kind, std::string_view key) {
  const auto* column = std::find(card_kinds.begin(), card_kinds.end(), kind);
  const auto* row =
      std::find_if(rows.begin(), rows.end(), [key](const Row& each) { return each.key == key; });
  if (column == card_kinds.end() || row == rows.end()) return CardHas::never;
  return row->has[static_cast<std::size_t>(column - card_kinds.begin())];
}

}  // namespace bianmin::services
