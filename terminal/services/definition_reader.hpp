// service.json -> the parts of a Package. Checks each value by itself; what one part says about another is
// package_check's.
#pragma once

#include "terminal/base/json.hpp"
#include "terminal/services/object_reader.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

inline constexpr std::size_t field_count_max = 40;
inline constexpr std::size_t option_count_max = 5;  // a page shows five choices at most
inline constexpr std::size_t rule_count_max = 20;
inline constexpr std::size_t step_count_max = 60;
inline constexpr std::size_t sheet_closing_count_max = 6;
inline constexpr std::size_t receipt_line_count_max = 40;
inline constexpr int answer_length_max = 200;

// Puts the first error into `findings`; the Package returned then is of no use.
Package read_definition(const Json& json, Findings& findings);

}  // namespace bianmin::services
