#include "drivers/card/id_card.hpp"

namespace bianmin::card {

bool expired(const IdCard& card, const Date& today) { return card.valid_to && *card.valid_to < today; }

}  // namespace bianmin::card
