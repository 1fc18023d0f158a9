// The head of an HTTP/1.1 request (RFC 9112), read strictly: what two readers could take for two things is
// refused, so that nothing in front of the hub and the hub itself see different requests in the same bytes.
#pragma once

#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::hub {

constexpr std::size_t target_size_max = 1024;
constexpr std::size_t method_size_max = 16;
constexpr int header_lines_max = 64;

struct Http1Head {
  std::string method;
  std::string path;         // origin form, with its query
  bool keeps_alive = true;  // HTTP/1.1, and not "Connection: close"
  bool expects_continue = false;
  std::size_t content_length = 0;
  std::string traceparent;  // empty: none, or more than one
};

// `text`: from the request line on, each line with its CRLF, without the empty line at the end. Pure.
// Errors (refuse), with the status of http1_status():
//   hub.bad_request_line   400  not METHOD SP /TARGET SP HTTP/1.x
//   hub.target_too_long    414
//   hub.bad_version        505  not HTTP/1.0 or HTTP/1.1
//   hub.bad_header         400  no name, a space before the colon, a folded line, a control character, too
//   many hub.bad_host           400  not exactly one Host (HTTP/1.1) hub.bad_length         400
//   Content-Length is no number, or there are two hub.ambiguous_length   400  Content-Length and
//   Transfer-Encoding hub.length_required    411  chunked: send it with a Content-Length
//   hub.bad_transfer_coding 501
//   hub.too_large          413  a body beyond request_body_size_max
//   hub.bad_expectation    417  expects something else than 100-continue
Result<Http1Head> parse_http1_head(std::string_view text);

// Of the codes above, and of hub.header_too_large (431); 400 for any other.
int http1_status(std::string_view code);
std::string_view http1_reason(int status);  // "Not Found"

}  // namespace bianmin::hub
