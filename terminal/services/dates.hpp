// Days as cards carry them: YYYYMMDD.
#pragma once

#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::services {

// Exactly eight digits that name a day which exists. Error "form.bad_date".
Result<Date> parse_compact_date(std::string_view text);

// Whole years lived on `today`. Who is born on 29 February grows older on 1 March of a common year.
int age_on(const Date& birth, const Date& today);

}  // namespace bianmin::services
