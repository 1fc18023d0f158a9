// W3C Trace Context (Recommendation of 23 November 2021), header "traceparent": the name under which one
// thing stands in the logs of all who have part in it.
//
// A record's upload has the record's id as its trace id, and so has each attempt to file it with a
// department: whoever knows one finds the other, after days and in another hub too, and nothing has to be
// kept for it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bianmin::http {

inline constexpr std::string_view traceparent_header = "traceparent";

struct TraceContext {
  std::string trace_id;  // 32 hex digits in lower case, not all 0
  std::string span_id;   // 16 of them: who sends it
  std::uint8_t flags = 1;

  std::string header() const;  // "00-TRACE-SPAN-FLAGS"
  bool operator==(const TraceContext&) const = default;
};

// Nothing when it is not what the recommendation says, to the letter; of a later version, what is version 00
// in it. Who gets nothing begins a trace of its own.
std::optional<TraceContext> parse_traceparent(std::string_view text);

// Random ids. Thread-safe.
TraceContext new_trace();
// With a trace id of one's own; all 0: a random one.
TraceContext new_trace(const std::array<std::uint8_t, 16>& trace_id);

}  // namespace bianmin::http
