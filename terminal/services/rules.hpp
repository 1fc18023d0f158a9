// Who may use a service: the rules of a package over the card and the answers.
#pragma once

#include "terminal/base/clock.hpp"
#include "terminal/services/answers.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

// False when the rule says no. A rule whose card or answer is not there yet says nothing against: true.
bool rule_holds(const Rule& rule, const Answers& card, const Answers& answers, const Date& today);

}  // namespace bianmin::services
