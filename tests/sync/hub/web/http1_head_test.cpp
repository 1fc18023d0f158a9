#include "sync/hub/web/http1_head.hpp"

#include "sync/hub/service/service.hpp"
#include "tests/catch.hpp"

namespace bianmin::hub {

namespace {

// "" when it is good, else its code.
std::string code_of_head(const std::string& text) {
  const auto head = parse_http1_head(text);
  return head ? std::string() : std::string(head.error().code);
}

std::string with(const std::string& lines) { return "POST /v1/records HTTP/1.1\r\nHost: hub\r\n" + lines; }

}  // namespace

TEST_CASE("a head is read: method, path, length, what the client wants") {
  const auto head = parse_http1_head(
      "POST /v1/records?x=1 HTTP/1.1\r\nhOsT: hub:8443\r\nContent-Length: 007\r\nExpect: 100-Continue\r\n"
      "Connection: keep-alive, CLOSE\r\nX-Odd:\r\nX-Name:\t caf\xc3\xa9 \r\nTraceParent: abc\r\n");
  REQUIRE(head.ok());
  CHECK(head->method == "POST");
  CHECK(head->path == "/v1/records?x=1");
  CHECK(head->content_length == 7);
  CHECK(head->expects_continue);
  CHECK_FALSE(head->keeps_alive);
  CHECK(head->traceparent == "abc");
  const auto plain = parse_http1_head("GET / HTTP/1.1\r\nHost: hub\r\n");
  REQUIRE(plain.ok());
  CHECK(plain->keeps_alive);
  CHECK(plain->content_length == 0);
  const auto old = parse_http1_head("GET / HTTP/1.0\r\nExpect: 100-continue\r\n");
  REQUIRE(old.ok());
  CHECK_FALSE(old->keeps_alive);
  CHECK_FALSE(old->expects_continue);
}

TEST_CASE("what two readers could take for two things is refused") {
  CHECK(code_of_head(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) == "hub.ambiguous_length");
  CHECK(code_of_head(with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")) == "hub.ambiguous_length");
  CHECK(code_of_head("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n") == "hub.ambiguous_length");
  CHECK(code_of_head(with("Content-Length: 3\r\nContent-Length: 3\r\n")) == "hub.bad_length");
  for (const char* value : {"3, 3", "+3", "-3", "0x3", "3 ", " ", "", "3;", "3\t3", "1e3"}) {
    INFO(value);
    const bool blank_behind = std::string(value) == "3 ";
    CHECK(code_of_head(with("Content-Length: " + std::string(value) + "\r\n")) ==
          (blank_behind ? "" : "hub.bad_length"));
  }
  CHECK(code_of_head(with("Content-Length : 3\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with("Content-Length: 3\r\n folded\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with("\tfolded: x\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with(": x\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with("no colon\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with("X: a\nContent-Length: 3\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with("X: a\rContent-Length: 3\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with(std::string("X: a") + '\0' + "\r\n")) == "hub.bad_header");
  CHECK(code_of_head(with("X: a")) == "hub.bad_header");
  CHECK(code_of_head(with("Host: hub\r\n")) == "hub.bad_host");
  CHECK(code_of_head("POST / HTTP/1.1\r\n") == "hub.bad_host");
}

TEST_CASE("codings and expectations that the hub does not know") {
  CHECK(code_of_head(with("Transfer-Encoding: Chunked\r\n")) == "hub.length_required");
  CHECK(code_of_head(with("Transfer-Encoding: gzip, chunked\r\n")) == "hub.bad_transfer_coding");
  CHECK(code_of_head(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) ==
        "hub.bad_transfer_coding");
  CHECK(code_of_head(with("Expect: 200-ok\r\n")) == "hub.bad_expectation");
  CHECK(http1_status("hub.length_required") == 411);
  CHECK(http1_status("hub.bad_transfer_coding") == 501);
  CHECK(http1_status("hub.bad_expectation") == 417);
  CHECK(http1_status("hub.bad_header") == 400);
}

TEST_CASE("request lines that are none") {
  for (const char* line :
       {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "G@T / HTTP/1.1",
        "GET hub HTTP/1.1", "GET http://hub/ HTTP/1.1", "OPTIONS * HTTP/1.1", "GET /\t HTTP/1.1",
        "GET /\x80 HTTP/1.1", "GET / http/1.1", "AMETHODTHATISTOOLONG / HTTP/1.1"}) {
    INFO(line);
    CHECK(code_of_head(std::string(line) + "\r\nHost: hub\r\n") == "hub.bad_request_line");
  }
  CHECK(code_of_head("") == "hub.bad_request_line");
  for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/1.10", "HTTP/0.9", "HTTP/"}) {
    CHECK(code_of_head("GET / " + std::string(version) + "\r\nHost: hub\r\n") == "hub.bad_version");
  }
  CHECK(code_of_head("PRI * HTTP/2.0\r\n") == "hub.bad_version");
}

TEST_CASE("the limits of a head") {
  const auto target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'x') + " HTTP/1.1\r\nHost: hub\r\n";
  };
  CHECK(code_of_head(target(target_size_max)).empty());
  CHECK(code_of_head(target(target_size_max + 1)) == "hub.target_too_long");
  std::string lines;
  for (int count = 1; count < header_lines_max; ++count) lines += "X: y\r\n";
  CHECK(code_of_head(with(lines)).empty());
  CHECK(code_of_head(with(lines + "X: y\r\n")) == "hub.bad_header");
  const auto length = [](const std::string& digits) {
    return code_of_head(with("Content-Length: " + digits + "\r\n"));
  };
  CHECK(length(std::to_string(request_body_size_max)).empty());
  CHECK(length(std::to_string(request_body_size_max + 1)) == "hub.too_large");
  CHECK(length("18446744073709551617") == "hub.too_large");  // 2^64 + 1
  CHECK(length(std::string(500, '9')) == "hub.too_large");
}

}  // namespace bianmin::hub
