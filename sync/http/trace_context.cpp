#include "sync/http/trace_context.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>
#include <span>

#include "terminal/base/bytes.hpp"

namespace bianmin::http {

namespace {

constexpr std::size_t traceparent_size = 55;  // of version 00
constexpr std::string_view separators_at = "\x02\x23\x34";

void fill_random(std::span<std::uint8_t> bytes) {
  do {
    if (::getentropy(bytes.data(), bytes.size()) != 0) std::abort();
  } while (std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }));
}

bool lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

std::uint8_t value_of(std::string_view two_digits) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  return static_cast<std::uint8_t>(digit(two_digits[0]) * 16 + digit(two_digits[1]));
}

}  // namespace

std::string TraceContext::header() const {
  return "00-" + trace_id + "-" + span_id + "-" + to_hex(ByteView(&flags, 1));
}

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  if (text.size() < traceparent_size) return std::nullopt;
  for (const char at : separators_at) {
    if (text[static_cast<std::size_t>(at)] != '-') return std::nullopt;
  }
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace_id = text.substr(3, 32);
  const std::string_view span_id = text.substr(36, 16);
  const std::string_view flags = text.substr(53, 2);
  if (!lower_hex(version) || !lower_hex(trace_id) || !lower_hex(span_id) || !lower_hex(flags)) {
    return std::nullopt;
  }
  if (version == "ff" || all_zero(trace_id) || all_zero(span_id)) return std::nullopt;
  const bool longer = text.size() > traceparent_size;
  if (longer && (version == "00" || text[traceparent_size] != '-')) return std::nullopt;
  return TraceContext{std::string(trace_id), std::string(span_id), value_of(flags)};
}

TraceContext new_trace() { return new_trace({}); }

TraceContext new_trace(const std::array<std::uint8_t, 16>& trace_id) {
  std::array<std::uint8_t, 16> trace = trace_id;
  if (std::ranges::all_of(trace, [](std::uint8_t byte) { return byte == 0; })) fill_random(trace);
  std::array<std::uint8_t, 8> span{};
  fill_random(span);
  return {to_hex(trace), to_hex(span), 1};
}

}  // namespace bianmin::http
