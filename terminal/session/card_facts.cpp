#include "terminal/session/card_facts.hpp"

namespace bianmin::session {

std::map<std::string, std::string> card_facts(const card::IdCard& card) {
  return {{"name", card.name},
          {"sex", std::string(1, card.sex)},
          {"ethnicity", card.ethnicity},
          {"birth", card.birth.compact()},
          {"address", card.address},
          {"number", card.number},
          {"issuer", card.issuer},
          {"valid_from", card.valid_from.compact()},
          {"valid_to", card.valid_to ? card.valid_to->compact() : "long-term"}};
}

}  // namespace bianmin::session
