#include "sync/hub/web/http1_head.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "sync/http/trace_context.hpp"
#include "sync/hub/service/service.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::hub {

namespace {

Error bad(std::string_view code) { return {Remedy::refuse, code, {}}; }

bool is_token(std::string_view text) {  // RFC 9110, 5.6.2
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {  // with what is beyond ASCII, without control characters
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view without_blanks(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

struct Fields {
  int host_count = 0;
  int traceparent_count = 0;
  std::optional<std::string> length;
  std::optional<std::string> transfer_encoding;
};

Result<void> read_request_line(std::string_view line, Http1Head& head, bool& is_1_0) {
  const auto parts = split(line, ' ');
  if (parts.size() != 3 || !is_token(parts[0]) || parts[0].size() > method_size_max) {
    return bad("hub.bad_request_line");
  }
  if (!parts[2].starts_with("HTTP/") || parts[1].empty() || !is_printable(parts[1])) {
    return bad("hub.bad_request_line");
  }
  is_1_0 = parts[2] == "HTTP/1.0";
  if (!is_1_0 && parts[2] != "HTTP/1.1") return bad("hub.bad_version");
  if (parts[1].front() != '/') return bad("hub.bad_request_line");
  if (parts[1].size() > target_size_max) return bad("hub.target_too_long");
  head.method = parts[0];
  head.path = parts[1];
  head.keeps_alive = !is_1_0;
  return {};
}

Result<void> read_field(const std::string& name, std::string_view value, Http1Head& head, Fields& fields) {
  if (name == "host") ++fields.host_count;
  if (name == "content-length") {
    if (fields.length) return bad("hub.bad_length");
    fields.length = value;
  }
  if (name == "transfer-encoding") {
    fields.transfer_encoding = fields.transfer_encoding.value_or("") + lower(value);
  }
  if (name == "connection") {
    for (const auto word : split(value, ',')) {
      if (lower(without_blanks(word)) == "close") head.keeps_alive = false;
    }
  }
  if (name == "expect") {
    if (lower(value) != "100-continue") return bad("hub.bad_expectation");
    head.expects_continue = true;
  }
  if (name == http::traceparent_header) {
    head.traceparent = ++fields.traceparent_count == 1 ? std::string(value) : std::string();
  }
  return {};
}

Result<void> read_line(std::string_view line, Http1Head& head, Fields& fields) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return bad("hub.bad_header");
  const std::string_view value = without_blanks(line.substr(colon + 1));
  if (!is_field_value(value)) return bad("hub.bad_header");
  return read_field(lower(line.substr(0, colon)), value, head, fields);
}

Result<void> judge_length(const Fields& fields, bool is_1_0, Http1Head& head) {
  if (fields.transfer_encoding) {
    if (fields.length || is_1_0) return bad("hub.ambiguous_length");
    return bad(*fields.transfer_encoding == "chunked" ? "hub.length_required" : "hub.bad_transfer_coding");
  }
  if (!fields.length) return {};
  const bool digits = !fields.length->empty() &&
                      std::ranges::all_of(*fields.length, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return bad("hub.bad_length");
  const auto length = parse_number(*fields.length, 0, static_cast<std::int64_t>(request_body_size_max));
  if (!length) return bad("hub.too_large");
  head.content_length = static_cast<std::size_t>(*length);
  return {};
}

}  // namespace

Result<Http1Head> parse_http1_head(std::string_view text) {
  Http1Head head;
  Fields fields;
  bool is_1_0 = false;
  int line_count = 0;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return bad("hub.bad_header");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line_count++ > header_lines_max) return bad("hub.bad_header");
    const auto read = line_count == 1 ? read_request_line(line, head, is_1_0) : read_line(line, head, fields);
    if (!read) return read.error();
  }
  if (line_count == 0) return bad("hub.bad_request_line");
  if (fields.host_count > 1 || (fields.host_count == 0 && !is_1_0)) return bad("hub.bad_host");
  if (auto judged = judge_length(fields, is_1_0, head); !judged) return judged.error();
  if (is_1_0) head.expects_continue = false;  // RFC 9110, 10.1.1
  return head;
}

int http1_status(std::string_view code) {
  constexpr std::array<std::pair<std::string_view, int>, 7> others = {{{"hub.target_too_long", 414},
                                                                       {"hub.bad_version", 505},
                                                                       {"hub.length_required", 411},
                                                                       {"hub.bad_transfer_coding", 501},
                                                                       {"hub.too_large", 413},
                                                                       {"hub.bad_expectation", 417},
                                                                       {"hub.header_too_large", 431}}};
  const auto* found = std::ranges::find(others, code, &std::pair<std::string_view, int>::first);
  return found == others.end() ? 400 : found->second;
}

std::string_view http1_reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Answer";
  }
}

}  // namespace bianmin::hub
