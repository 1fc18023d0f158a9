// What one part of a package says about another: ids, steps in order, strings in every language.
#pragma once

#include "terminal/services/object_reader.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

// Fields, options, rules, devices and steps agree. Codes "package.repeated_id", "package.unknown_field",
// "package.bad_field", "package.bad_rule", "package.bad_steps", "package.bad_receipt", "package.bad_results".
void check_parts(const Package& package, Findings& definition);

// Every string named is in the table and none besides, and its placeholders are allowed where it is used.
// Codes "package.missing_string", "package.unused_string", "package.bad_placeholder".
void check_strings(const Package& package, const Strings& strings, Findings& file);

}  // namespace bianmin::services
