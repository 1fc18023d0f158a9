// The A4 sheet of a case: the texts of its package, handed to whoever draws.
#pragma once

#include <string>

#include "sync/record/slip.hpp"
#include "terminal/services/form.hpp"
#include "terminal/session/settings.hpp"
#include "ui/sheet/sheet.hpp"
#include "ui/strings/strings.hpp"

namespace bianmin::session {

// With the same code as the slip. `mark` stands above all else: that it is a duplicate; empty: it is none.
// Errors "form.no_sheet", "form.missing_value", "code.too_long".
Result<ui::Sheet> case_sheet(const services::Form& form, const record::Slip& slip, const Settings& settings,
                             const ui::Strings& strings, const std::string& language,
                             std::int64_t saved_utc_ms, const std::string& mark);

}  // namespace bianmin::session
