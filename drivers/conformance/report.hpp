// What a suite found, for programs and for people. Pure.
#pragma once

#include "drivers/conformance/suite.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::conformance {

// {"device", "identity", "passed", "failed", "skipped", "steps": [{"name", "verdict", "code", "detail", "ms",
// "note"}]}. Without personal data.
Json report_json(const Report& report);

std::string report_table(const Report& report);  // lines of columns

}  // namespace bianmin::conformance
