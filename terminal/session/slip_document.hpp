// The slip of a case: the lines of its package, handed to the printer.
#pragma once

#include <string>

#include "drivers/printer/document.hpp"
#include "sync/record/slip.hpp"
#include "terminal/services/form.hpp"
#include "terminal/session/settings.hpp"

namespace bianmin::session {

// Error: "form.missing_value".
Result<printer::Document> slip_document(const services::Form& form, const record::Slip& slip,
                                        const Settings& settings, const std::string& language,
                                        std::int64_t now_utc_ms);

}  // namespace bianmin::session
