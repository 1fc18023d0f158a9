#include "terminal/session/card_facts.hpp"

namespace bianmin::session {

std::map<std::string, std::string> card_facts(const card::IdCard& card) {
  return {{"kind", std::string(card::card_kind_name(card.kind))},
          {"name", card::display_name(card)},
          {"english_name", card.english_name},
          {"nationality", card.nationality},
          {"former_number", card.former_number},
          {"issue_count", card.issue_count},
          {"permit_number", card.permit_number},
          {"further_address", card.further_address},
          {"sex", std::string(1, card.sex)},
          {"ethnicity", card.ethnicity},
          {"birth", card.birth.compact()},
          {"address", card.address},
          {"number", card.number},
          {"issuer", card.issuer},
          {"valid_from", card.valid_from.compact()},
          {"valid_to", card.valid_to ? card.valid_to->compact() : "long-term"}};
}

std::map<std::string, std::string> card_facts(const card::EidPerson& person) {
  // GB/T 2261.1, as on the other cards.
  const std::string sex = person.sex == 'M' ? "1" : person.sex == 'F' ? "2" : "0";
  return {{"kind", "electronic-id"},
          {"name", person.given_names.empty() ? person.surname : person.given_names + " " + person.surname},
          {"sex", sex},
          {"nationality", person.citizenship},
          {"birth", person.birth.compact()},
          {"number", person.personal_code},
          {"valid_to", person.valid_to.compact()}};
}

}  // namespace bianmin::session
