// A card as the engine of services takes it: plain names and values.
#pragma once

#include <map>
#include <string>

#include "drivers/card/eid/electronic_id.hpp"
#include "drivers/card/id_card.hpp"

namespace bianmin::session {

// Keys as in services::card_keys; dates are YYYYMMDD, a card without an end is "long-term". Personal data.
std::map<std::string, std::string> card_facts(const card::IdCard& card);
// In the words of the other cards; it has fewer.
std::map<std::string, std::string> card_facts(const card::EidPerson& person);

}  // namespace bianmin::session
