#include "drivers/card/id_card.hpp"

namespace bianmin::card {

std::string_view card_kind_name(CardKind kind) {
  switch (kind) {
    case CardKind::resident:
      return "resident";
    case CardKind::foreigner_2017:
      return "foreigner-2017";
    case CardKind::hong_kong_macao_taiwan:
      return "hong-kong-macao-taiwan";
    case CardKind::foreigner_2023:
      return "foreigner-2023";
    case CardKind::unknown:
      break;
  }
  return "unknown";
}

bool expired(const IdCard& card, const Date& today) { return card.valid_to && *card.valid_to < today; }

const std::string& display_name(const IdCard& card) {
  return card.name.empty() ? card.english_name : card.name;
}

}  // namespace bianmin::card
