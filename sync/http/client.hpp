// How the hub asks a server of somebody else: one request, one answer. Implementations: CurlClient.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::http {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

struct Request {
  std::string method = "GET";  // or "POST"
  std::string url;
  std::vector<Header> headers;
  Bytes body;  // of a POST
};

struct Response {
  int status = 0;
  std::vector<Header> headers;  // names in lower case, in the order they came
  Bytes body;
  std::int64_t arrived_utc_ms = 0;  // by this machine's clock; 0: nobody looked at it

  // `name` in lower case. Nothing when it is missing, or there more than once: nobody knows which one counts.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Thread-bound.
class Client {
 public:
  virtual ~Client() = default;
  // Any status is an answer, a redirect too: nobody follows it. Blocks up to the implementation's time limit.
  // After an error nothing is known: the request may or may not have been carried out. Errors:
  //   "http.unreachable" (retry later)  no connection, or it broke
  //   "http.timeout"     (retry later)
  //   "http.incomplete"  (retry later)  the connection ended in the middle of the answer
  //   "http.too_large"   (retry later)  headers or body beyond the limit
  //   "http.stopping"    (retry later)  given up because this process ends
  //   "http.untrusted"   (call staff)   no certificate of the authority that is expected
  //   "http.bad_files"   (call staff)   authority, own certificate or own key cannot be used
  //   "http.bad_request" (refuse)       a header with a line end in it, or a method nobody knows
  virtual Result<Response> send(const Request& request) = 0;
};

// `text` as one part of a path, or as a value in a query: all but A-Z a-z 0-9 - . _ ~ as %XX, byte by byte
// (RFC 3986).
std::string percent_encode(std::string_view text);

}  // namespace bianmin::http
