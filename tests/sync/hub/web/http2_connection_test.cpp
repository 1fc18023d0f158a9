// The HTTP/2 side without sockets: a hand-made client's frames in, the server's frames out.
#include "sync/hub/http2_connection.hpp"

#include "sync/seal/digest.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

namespace {

constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t end_headers = 0x4;

Bytes frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, const Bytes& payload) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(payload.size() >> 16U)).u16_be(static_cast<std::uint16_t>(payload.size()));
  return out.u8(type).u8(flags).u32_be(stream).bytes(payload).take();
}

// HPACK literals without indexing (RFC 7541 §6.2.2), no Huffman.
Bytes header_block(const std::vector<std::pair<std::string, std::string>>& fields) {
  ByteWriter out;
  for (const auto& [name, value] : fields) {
    out.u8(0).u8(static_cast<std::uint8_t>(name.size())).text(name);
    out.u8(static_cast<std::uint8_t>(value.size())).text(value);
  }
  return out.take();
}

Bytes opening() {
  Bytes out = bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  append(out, frame(0x4, 0, 0, {}));
  return out;
}

Bytes request_headers(std::uint32_t stream, const std::string& path, std::uint8_t flags = end_headers) {
  return frame(
      0x1, flags, stream,
      header_block({{":method", "POST"}, {":scheme", "https"}, {":authority", "hub"}, {":path", path}}));
}

// The DATA of one stream in what the server sent.
std::string data_of(ByteView bytes, std::uint32_t stream) {
  std::string data;
  ByteReader in(bytes);
  while (in.left() >= 9) {
    const std::size_t high = in.u8();
    const std::size_t size = (high << 16U) | in.u16_be();
    const std::uint8_t type = in.u8();
    in.skip(1);
    const std::uint32_t id = in.u32_be();
    const ByteView payload = in.take(size);
    if (type == 0 && id == stream) data += text_of(payload);
  }
  return data;
}

struct Echo {
  std::vector<HttpRequest> seen;
  Http2Connection connection{"T-0001", [this](const HttpRequest& request) {
                               seen.push_back(request);
                               HttpResponse response;
                               response.body = bytes_of("echo ");
                               append(response.body, request.body);
                               return response;
                             }};
};

}  // namespace

TEST_CASE("a request in pieces of any size is answered once") {
  Bytes input = opening();
  append(input, request_headers(1, "/v1/records"));
  append(input, frame(0x0, 0, 1, bytes_of("hel")));
  append(input, frame(0x0, end_stream, 1, bytes_of("lo")));
  for (const std::size_t split : {1U, 5U, 9U, 1000U}) {
    Echo echo;
    Bytes output;
    for (std::size_t at = 0; at < input.size(); at += split) {
      test::must(echo.connection.receive(ByteView(input).subspan(at, std::min(split, input.size() - at))));
      append(output, echo.connection.outgoing());
    }
    REQUIRE(echo.seen.size() == 1);
    CHECK(echo.seen[0].method == "POST");
    CHECK(echo.seen[0].path == "/v1/records");
    CHECK(echo.seen[0].terminal_id == "T-0001");
    CHECK(data_of(output, 1) == "echo hello");
    CHECK_FALSE(echo.connection.finished());
  }
}

TEST_CASE("streams that overlap keep their bodies apart") {
  Echo echo;
  Bytes input = opening();
  append(input, request_headers(1, "/a"));
  append(input, request_headers(3, "/b"));
  append(input, frame(0x0, 0, 1, bytes_of("1")));
  append(input, frame(0x0, end_stream, 3, bytes_of("3")));
  append(input, frame(0x0, end_stream, 1, bytes_of("1")));
  test::must(echo.connection.receive(input));
  const Bytes output = echo.connection.outgoing();
  CHECK(data_of(output, 1) == "echo 11");
  CHECK(data_of(output, 3) == "echo 3");
}

TEST_CASE("a request without a body is a request") {
  Echo echo;
  Bytes input = opening();
  append(input, request_headers(1, "/v1/states", end_headers | end_stream));
  test::must(echo.connection.receive(input));
  CHECK(data_of(echo.connection.outgoing(), 1) == "echo ");
}

TEST_CASE("a body beyond the limit is refused before it is held") {
  Echo echo;
  test::must(echo.connection.receive(opening()));
  test::must(echo.connection.receive(request_headers(1, "/v1/records")));
  const Bytes block(16'000, 'x');
  Bytes output;
  // The flow-control window makes a real client wait; this one reads the updates but does not need them.
  for (std::size_t sent = 0; sent <= request_body_size_max; sent += block.size()) {
    if (!echo.connection.receive(frame(0x0, 0, 1, block)).ok()) break;
    append(output, echo.connection.outgoing());
  }
  CHECK(echo.seen.empty());
  CHECK(data_of(output, 1).find("hub.too_large") != std::string::npos);
}

TEST_CASE("a stream that is reset is never handled") {
  Echo echo;
  Bytes input = opening();
  append(input, request_headers(1, "/v1/records"));
  append(input, frame(0x0, 0, 1, bytes_of("half")));
  append(input, frame(0x3, 0, 1, {0, 0, 0, 8}));
  append(input, frame(0x0, end_stream, 1, bytes_of("late")));
  (void)echo.connection.receive(input);
  CHECK(echo.seen.empty());
}

TEST_CASE("headers beyond the limit reach no handler") {
  Echo echo;
  Bytes block =
      header_block({{":method", "POST"}, {":scheme", "https"}, {":authority", "h"}, {":path", "/"}});
  for (int count = 0; count < 60; ++count) {
    append(block, header_block({{"x-" + std::to_string(count), std::string(100, 'v')}}));
  }
  Bytes input = opening();
  append(input, frame(0x1, end_headers | end_stream, 1, block));
  (void)echo.connection.receive(input);
  CHECK(echo.seen.empty());
}

TEST_CASE("what is no HTTP/2 is an error or an end, never more") {
  for (int round = 0; round < 200; ++round) {
    Echo echo;
    Bytes input = round % 2 == 0 ? Bytes() : opening();
    append(input, seal::random_bytes(10 + static_cast<std::size_t>(round)));
    (void)echo.connection.receive(input);
    (void)echo.connection.outgoing();
    CHECK(echo.seen.empty());
  }
  Echo http1;
  CHECK(test::code_of(http1.connection.receive(view_of("GET / HTTP/1.1\r\nHost: hub\r\n\r\n"))) ==
        "hub.bad_http2");
}

TEST_CASE("each path and method has its answer") {
  test::HubInProcess hub;
  const test::EnrolledTerminalInProcess terminal(hub, "T-0001");
  const auto status = [&](const std::string& method, const std::string& path, const std::string& who,
                          Bytes body) {
    return hub.handle({method, path, who, std::move(body)}).status;
  };
  CHECK(status("POST", "/", "T-0001", {}) == 404);
  CHECK(status("GET", "/v1/records", "T-0001", {}) == 405);
  CHECK(status("POST", "/v1/records", "", {}) == 403);
  CHECK(status("POST", "/v1/states", "T-0002", record::encode_case_list({})) == 403);
  CHECK(status("POST", "/v1/records", "T-0001", Bytes(request_body_size_max + 1)) == 413);
  CHECK(status("POST", "/v1/records", "T-0001", {}) == 422);
  CHECK(status("POST", "/v1/asks", "T-0001", seal::random_bytes(200)) == 422);
  CHECK(status("POST", "/v1/states", "T-0001", seal::random_bytes(20)) == 422);
  CHECK(status("POST", "/v1/states", "T-0001", record::encode_case_list({})) == 200);
}

}  // namespace bianmin::hub
