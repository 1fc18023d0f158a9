// Every limit of the server, tried over real sockets.
#include <sys/socket.h>

#include "sync/record/messages.hpp"
#include "tests/sync/hub/web/http2_frames.hpp"
#include "tests/sync/hub/web/loopback.hpp"

namespace bianmin {

using hub::ServerLimits;
using test::frame;
using test::LoopbackHub;
using test::WireClient;

namespace {

constexpr std::int64_t short_ms = 400;

ServerLimits short_pace() {
  ServerLimits limits;
  limits.pace.base_ms = short_ms;
  return limits;
}

// Sends `text` byte by byte, for ever: true when the other side ends it, while it still sends.
bool cut_while_dripping(WireClient& client, const std::string& text) {
  for (int count = 0; count < 400; ++count) {
    const char byte = text[static_cast<std::size_t>(count) % text.size()];
    if (!client.send(std::string_view(&byte, 1)) || !client.open_for(20)) return true;
  }
  return false;
}

// Opens HTTP/2, sends `one` again and again; the code of the GOAWAY that comes of it, or 0.
std::uint32_t goaway_after(const LoopbackHub& hub, const std::function<Bytes(std::uint32_t)>& one) {
  WireClient client(hub.port(), hub.terminal(), "h2");
  client.send(test::opening());
  for (std::uint32_t count = 0; count < 2'000 && client.send(one(count)); ++count) {
  }
  CHECK(client.closed());
  const auto goaways = test::goaways_in(view_of(client.received()));
  return goaways.empty() ? 0 : goaways.back().code;
}

}  // namespace

TEST_CASE("a handshake that does not come, and one that drips") {
  ServerLimits limits;
  limits.handshake_ms = short_ms;
  LoopbackHub hub(limits);
  WireClient silent(hub.port());
  CHECK(silent.closed());
  WireClient dripping(hub.port());
  CHECK(cut_while_dripping(
      dripping, std::string("\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03", 11) + std::string(300, 'r')));
  CHECK(hub.cut("handshake") == 2);
  CHECK(hub.shows("bianmin_hub_tls_handshake_failures_total{reason=\"timeout\"} 2"));
}

TEST_CASE("a head that drips, a body that drips, in both protocols") {
  LoopbackHub hub(short_pace());
  WireClient head(hub.port(), hub.terminal(), "http/1.1");
  CHECK(cut_while_dripping(head, "POST /v1/records HTTP/1.1\r\nHost: hub\r\nX: " + std::string(400, 'x')));
  WireClient body(hub.port(), hub.terminal(), "http/1.1");
  body.send("POST /v1/records HTTP/1.1\r\nHost: hub\r\nContent-Length: 200000\r\n\r\n");
  CHECK(cut_while_dripping(body, "x"));
  WireClient http2(hub.port(), hub.terminal(), "h2");
  http2.send(test::opening());
  http2.send(test::request_headers(1, "/v1/records"));
  http2.send(Bytes{0, 16, 0, 0, 0, 0, 0, 0, 1});  // DATA of 4,096 bytes
  CHECK(cut_while_dripping(http2, "x"));
  CHECK(hub.cut("slow_request") == 3);
  WireClient in_time(hub.port(), hub.terminal(), "http/1.1");
  in_time.send("POST /v1/time HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\n\r\n");
  CHECK(in_time.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a connection without requests ends, whatever else comes over it") {
  ServerLimits limits;
  limits.idle_ms = short_ms;
  LoopbackHub hub(limits);
  WireClient pings(hub.port(), hub.terminal(), "h2");
  pings.send(test::opening());
  const std::string ping = text_of(frame(0x6, 0, 0, Bytes(8)));
  bool ended = false;
  for (int count = 0; count < 40 && !ended; ++count) ended = !pings.send(ping) || !pings.open_for(50);
  CHECK(ended);
  WireClient silent(hub.port(), hub.terminal(), "http/1.1");
  CHECK(silent.closed());
  CHECK(hub.cut("idle") == 2);
}

TEST_CASE("floods: the peer is told to calm down, and the hub serves the others") {
  LoopbackHub hub;
  const auto reset = [](std::uint32_t count) {
    Bytes both = test::request_headers(count * 2 + 1, "/v1/records");
    append(both, test::reset_frame(count * 2 + 1));
    return both;
  };
  CHECK(goaway_after(hub, reset) == test::calm_down);
  CHECK(goaway_after(hub, [](std::uint32_t) { return frame(0x4, 0, 0, {}); }) == test::calm_down);
  CHECK(goaway_after(hub, [](std::uint32_t) { return frame(0x6, 0, 0, Bytes(8)); }) == test::calm_down);
  CHECK(goaway_after(hub, [](std::uint32_t count) {
          return count == 0 ? test::request_headers(1, "/", 0) : frame(0x9, 0, 1, {});
        }) == test::calm_down);
  CHECK(goaway_after(hub, [](std::uint32_t count) {  // a bomb in each request
          Bytes block = test::header_block(
              {{":method", "POST"}, {":scheme", "https"}, {":authority", "h"}, {":path", "/"}});
          if (count == 0) {
            append(block, Bytes{0x40, 1, 'x', 0x7f, 0xb9, 0x16});
            append(block, Bytes(3'000, 'v'));
          }
          append(block, Bytes(8'000, 0xbe));
          return frame(0x1, test::end_headers | test::end_stream, count * 2 + 1, block);
        }) == test::calm_down);
  CHECK(hub.shows("bianmin_hub_http_refusals_total{code=\"hub.http2_flood\"} 5"));
  WireClient other(hub.port(), hub.terminal(), "http/1.1");
  other.send("POST /v1/time HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\n\r\n");
  CHECK(other.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a peer that takes nothing of what it asked for") {
  ServerLimits limits;
  limits.unread_ms = short_ms;
  LoopbackHub hub(limits);
  WireClient client(hub.operators_port());
  const int small = 4'096;
  REQUIRE(::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
  std::string many;
  for (int count = 0; count < 100; ++count) many += "GET /metrics HTTP/1.1\r\nHost: hub\r\n\r\n";
  const timeval wait{1, 0};
  REQUIRE(::setsockopt(client.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0);
  for (int count = 0; count < 100 && client.send(many); ++count) {
  }
  CHECK(test::eventually([&] { return hub.cut("unread") == 1; }));
}

TEST_CASE("so many connections in all, from one address, and of one terminal") {
  ServerLimits limits;
  limits.connections = {5, 3, 2};
  LoopbackHub hub(limits);
  {
    WireClient first(hub.port(), hub.terminal(), "http/1.1");
    WireClient second(hub.port(), hub.terminal(), "http/1.1");
    WireClient third(hub.port(), hub.terminal(), "http/1.1");
    CHECK(first.closed());  // the terminal's oldest
    CHECK(hub.cut("superseded") == 1);
    WireClient again(hub.port());
    CHECK(again.open_for(100));
    WireClient beyond(hub.port());
    CHECK(beyond.closed());
    CHECK(hub.shows("bianmin_hub_connections_refused_total{reason=\"address\"} 1"));
    second.send("POST /v1/time HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\n\r\n");
    CHECK(second.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  }
  CHECK(hub.shows("bianmin_hub_connections_open 0"));
  ServerLimits few;
  few.connections.all = 1;
  LoopbackHub small(few);
  WireClient only(small.port());
  CHECK(only.open_for(100));
  WireClient beyond(small.port());
  CHECK(beyond.closed());
  CHECK(small.shows("bianmin_hub_connections_refused_total{reason=\"total\"} 1"));
}

TEST_CASE("a terminal that is denied while connected is cut within a second, and cannot stay again") {
  LoopbackHub hub;
  hub.enrol("T-0002");
  WireClient other(hub.port(), hub.certificate("T-0002", 3'600), "http/1.1");
  WireClient http2(hub.port(), hub.terminal(), "h2");
  http2.send(test::opening());
  WireClient http1(hub.port(), hub.terminal(), "http/1.1");
  REQUIRE(hub.shows("bianmin_hub_connections_open 3"));
  test::must(hub::deny_terminal(hub.folder(), "T-0001"));  // as another process would
  const auto denied_at = std::chrono::steady_clock::now();
  CHECK(http2.closed());
  CHECK(http1.closed());
  CHECK(std::chrono::steady_clock::now() - denied_at < std::chrono::seconds(1));
  CHECK_FALSE(test::goaways_in(view_of(http2.received())).empty());
  WireClient again(hub.port(), hub.terminal(), "http/1.1");
  again.send("POST /v1/time HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\n\r\n");
  CHECK(again.closed());
  CHECK(again.received().find("200 OK") == std::string::npos);
  CHECK(hub.cut("denied") >= 3);
  CHECK(other.open_for(100));
  hub.enrol("T-0003");
  CHECK(other.open_for(300));
}

TEST_CASE("a certificate that ends while its connection lives") {
  LoopbackHub hub;
  WireClient client(hub.port(), hub.certificate("T-0001", 2), "http/1.1");
  REQUIRE(client.established());
  client.send("POST /v1/time HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(client.closed());
  CHECK(hub.cut("expired") == 1);
}

TEST_CASE("no ticket is given, so no handshake can be resumed: each shows its certificate") {
  LoopbackHub hub;
  const auto files = hub.terminal();
  const auto session = hub.folder() / "session.pem";
  const std::string command = "openssl s_client -connect 127.0.0.1:" + std::to_string(hub.port()) +
                              " -cert " + files.certificate.string() + " -key " + files.key.string() +
                              " -CAfile " + files.authority.string() + " -sess_out " + session.string() +
                              " -reconnect -no_ign_eof </dev/null 2>&1";
  const std::string output = test::run_command(command).output;
  INFO(output);
  CHECK(output.find("Verify return code: 0 (ok)") != std::string::npos);
  CHECK(output.find("TLSv1.3") != std::string::npos);
  CHECK(output.find("Reused") == std::string::npos);
  CHECK(output.find("Session Ticket arrived") == std::string::npos);
}

TEST_CASE("a peer that is gone without a word is found by asking it") {
  ServerLimits limits;
  limits.keepalive_after_s = 1;
  LoopbackHub hub(limits);
  WireClient client(hub.port(), hub.terminal(), "h2");
  client.send(test::opening());
  REQUIRE(hub.shows("bianmin_hub_connections_open 1"));
  if (!client.vanish()) {
    WARN("this machine lets no process leave a connection without a word (CAP_NET_ADMIN): not tried");
    return;
  }
  CHECK(hub.shows("bianmin_hub_connections_open 0"));
}

}  // namespace bianmin
