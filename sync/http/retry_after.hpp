// How long a server wants to be left alone: Retry-After (RFC 9110, 10.2.3). Everything in it is hostile. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sync/http/client.hpp"

namespace bianmin::http {

constexpr std::int64_t retry_after_least_ms = 1'000;
constexpr std::int64_t retry_after_most_ms = 3'600'000;

// In UTC, by any of the three forms of an HTTP-date (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT", and
// the two of old times. `now_utc_ms`: a year of two digits is not more than 50 years after it.
std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now_utc_ms);

// Whole seconds, or a date, kept within the bounds above; 0: the server does not ask, or not in a way that can
// be read. The pause until a date begins at the answer's own `Date`, where it has one: a clock that is wrong,
// there or here, makes it neither longer nor shorter. Without it, it begins at Response::arrived_utc_ms.
std::int64_t retry_after_ms(const Response& response);

}  // namespace bianmin::http
