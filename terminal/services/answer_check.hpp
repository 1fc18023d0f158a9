// Whether a value is an answer to a question.
#pragma once

#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

// `field` is asked or scanned. Every error has the remedy `ask_resident` and no detail of the value:
// "form.empty", "form.too_short", "form.too_long", "form.not_digits", "form.bad_start", "form.bad_date",
// "form.date_in_future", "form.bad_text", "form.unknown_option", "form.not_our_code".
Result<void> check_answer(const Field& field, std::string_view value, const Date& today);

}  // namespace bianmin::services
