// Whole requests over TLS on loopback: both protocols, operators' pages, and the end.
#include <fstream>

#include "sync/record/messages.hpp"
#include "tests/sync/hub/web/http2_frames.hpp"
#include "tests/sync/hub/web/loopback.hpp"

namespace bianmin {

using test::eventually;
using test::LoopbackHub;
using test::WireClient;

namespace {

std::string states_request(const std::string& lines = {}) {
  const std::string body = text_of(record::encode_case_list({}));
  return "POST /v1/states HTTP/1.1\r\nHost: hub\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         lines + "\r\n" + body;
}

Bytes h2_states_request(std::uint32_t stream) {
  Bytes out = test::request_headers(stream, "/v1/states");
  append(out, test::frame(0, test::end_stream, stream, record::encode_case_list({})));
  return out;
}

}  // namespace

TEST_CASE("HTTP/1.1 for who asks for it, and for who asks for nothing") {
  LoopbackHub hub;
  for (const char* alpn : {"http/1.1", ""}) {
    WireClient client(hub.port(), hub.terminal(), alpn);
    REQUIRE(client.established());
    CHECK(client.protocol() == alpn);
    client.send(states_request());
    CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
    client.send(states_request("Connection: close\r\n"));
    CHECK(client.closed());
    CHECK(client.received().find("HTTP/1.1 200 OK\r\n", 10) != std::string::npos);
    CHECK(client.received().find("Connection: close\r\n") != std::string::npos);
  }
  CHECK(hub.shows("bianmin_hub_requests_total{path=\"/v1/states\",status=\"200\"} 4"));
}

TEST_CASE("HTTP/2 for who speaks both, nothing for who speaks neither") {
  LoopbackHub hub;
  WireClient both(hub.port(), hub.terminal(), "http/1.1,h2");
  CHECK(both.protocol() == "h2");
  both.send(test::opening());
  both.send(h2_states_request(1));
  const std::string came =
      both.read_until([](const std::string& text) { return !test::data_of(view_of(text), 1).empty(); });
  CHECK_FALSE(test::data_of(view_of(came), 1).empty());
  WireClient neither(hub.port(), hub.terminal(), "spdy/3");
  CHECK(neither.closed());
  CHECK_FALSE(neither.established());
  CHECK(hub.shows("bianmin_hub_tls_handshake_failures_total{reason=\"failed\"} 1"));
}

TEST_CASE("a refusal is read to its end before the connection is gone, however much was still to come") {
  LoopbackHub hub;
  WireClient client(hub.port(), hub.terminal(), "http/1.1");
  client.send("POST /v1/records HTTP/1.1\r\nHost: hub\r\nContent-Length: 99999999\r\n\r\n");
  for (int count = 0; count < 20; ++count) client.send(std::string(10'000, 'x'));
  CHECK(client.closed());
  CHECK(client.received().starts_with("HTTP/1.1 413 Content Too Large\r\n"));
  CHECK(client.received().find("{\"code\":\"hub.too_large\"}") != std::string::npos);
  CHECK(hub.shows("bianmin_hub_http_refusals_total{code=\"hub.too_large\"} 1"));
}

TEST_CASE("a terminal's traceparent stands in what the log says of its request") {
  const test::TempFolder folder;
  const auto log = folder / "log";
  {
    LoopbackHub hub({}, log);
    WireClient client(hub.port(), hub.terminal(), "http/1.1");
    client.send(
        "POST /v1/records HTTP/1.1\r\nHost: hub\r\nContent-Length: 1\r\ntraceparent: "
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\nx");
    CHECK(client.read_until("hub.bad_upload").starts_with("HTTP/1.1 422 "));
    CHECK(hub.shows("bianmin_hub_records_total{outcome=\"not_taken\",code=\"hub.bad_upload\"} 1"));
  }
  const std::string lines = text_of(test::must(read_file(log, 1U << 20U)));
  CHECK(lines.find("trace=4bf92f3577b34da6a3ce929d0e0e4736") != std::string::npos);
}

TEST_CASE("operators' pages are on their own port alone") {
  LoopbackHub hub;
  CHECK(test::get(hub.operators_port(), "/healthz").ends_with("\r\n\r\n{\"alive\":true}"));
  CHECK(test::get(hub.operators_port(), "/readyz").ends_with("\r\n\r\n{\"ready\":true}"));
  CHECK(test::get(hub.operators_port(), "/v1/states").starts_with("HTTP/1.1 404 "));
  const std::string metrics = test::get(hub.operators_port(), "/metrics");
  CHECK(metrics.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
  CHECK(metrics.find("\nbianmin_hub_build_info{version=\"") != std::string::npos);
  WireClient terminal(hub.port(), hub.terminal(), "http/1.1");
  terminal.send("GET /metrics HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n");
  CHECK(terminal.closed());
  CHECK(terminal.received().starts_with("HTTP/1.1 404 "));
  WireClient plain(hub.port());  // no TLS, no answer
  plain.send("GET /metrics HTTP/1.1\r\nHost: hub\r\n\r\n");
  CHECK(plain.closed());
  CHECK(plain.received().find("HTTP/") == std::string::npos);
}

TEST_CASE("at its end the hub finishes what has begun, takes nothing new, and says so") {
  hub::ServerLimits limits;
  limits.drain_ms = 60'000;
  LoopbackHub hub(limits);
  WireClient first(hub.port(), hub.terminal(), "http/1.1");
  const std::string request = states_request();
  first.send(request.substr(0, request.size() - 1));
  WireClient second(hub.port(), hub.terminal(), "h2");
  second.send(test::opening());
  second.send(test::request_headers(1, "/v1/states"));
  WireClient idle(hub.port(), hub.terminal(), "h2");
  idle.send(test::opening());
  REQUIRE(hub.shows("bianmin_hub_connections_open 3"));
  hub.begin_drain();
  CHECK(idle.closed());
  const auto goaways = test::goaways_in(view_of(idle.received()));
  REQUIRE(goaways.size() == 2);
  CHECK(goaways[0].last_stream == 0x7fffffff);
  CHECK(goaways[1].last_stream == 0);
  CHECK(test::get(hub.operators_port(), "/readyz").find("503 Service Unavailable") != std::string::npos);
  CHECK(test::get(hub.operators_port(), "/readyz").ends_with("{\"code\":\"hub.draining\"}"));
  CHECK(test::get(hub.operators_port(), "/healthz").starts_with("HTTP/1.1 200 "));
  first.send(request.substr(request.size() - 1));
  CHECK(first.closed());
  CHECK(first.received().starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(first.received().find("Connection: close\r\n") != std::string::npos);
  second.send(test::frame(0, test::end_stream, 1, record::encode_case_list({})));
  CHECK(second.closed());
  CHECK_FALSE(test::data_of(view_of(second.received()), 1).empty());
  hub.join();  // all are gone, so it has not waited for drain_ms
}

TEST_CASE("who does not finish in time is cut at the end") {
  hub::ServerLimits limits;
  limits.drain_ms = 300;
  LoopbackHub hub(limits);
  WireClient client(hub.port(), hub.terminal(), "http/1.1");
  client.send("POST /v1/states HTTP/1.1\r\n");
  REQUIRE(hub.shows("bianmin_hub_connections_open 1"));
  hub.begin_drain();
  hub.join();
}

}  // namespace bianmin
