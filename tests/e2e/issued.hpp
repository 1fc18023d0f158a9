// What a department has issued over a case, put into the hub of a site as its department would have told it.
#pragma once

#include <filesystem>
#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::e2e {

inline constexpr std::string_view specimen_certificate_code = "https://verify.example.org/specimen";

// One page with a code that says `specimen_certificate_code`. A specimen: nobody's name.
Result<Bytes> specimen_certificate();

// As sync/hub/filing/case_news keeps it, beside the hub while it serves.
Result<void> issue_certificate(const std::filesystem::path& hub_folder, const std::string& case_no,
                               ByteView pdf, std::int64_t now_utc_ms);

}  // namespace bianmin::e2e
