// The HTTP/2 side without sockets: a hand-made client's frames in, the server's frames out.
#include "sync/hub/web/http2_connection.hpp"

#include <optional>

#include "sync/seal/digest.hpp"
#include "tests/sync/hub/support.hpp"
#include "tests/sync/hub/web/http2_frames.hpp"

namespace bianmin::hub {

using test::data_of;
using test::end_headers;
using test::end_stream;
using test::frame;
using test::goaways_in;
using test::header_block;
using test::opening;
using test::request_headers;

namespace {

struct Echo {
  FakeClock clock;
  std::vector<HttpRequest> seen;
  std::vector<std::string> refused;
  bool late = false;  // answers when it is told to
  std::vector<std::function<void()>> waiting;
  Http2Connection connection{"T-0001",
                             {[this](const HttpRequest& request, const Answer& answer) {
                                seen.push_back(request);
                                waiting.push_back([answer, body = text_of(request.body)] {
                                  answer({200, "text/plain", bytes_of("echo " + body), {}});
                                });
                                if (!late) answer_one(0);
                              },
                              [this](std::string_view code) { refused.emplace_back(code); }},
                             clock};
  Bytes output;
  // What comes of it: "" or the error.
  std::string give(const Bytes& bytes) {
    const auto taken = connection.receive(bytes);
    append(output, connection.outgoing());
    return taken ? std::string() : std::string(taken.error().code);
  }
  void answer_one(std::size_t at) {
    const auto next = std::move(waiting.at(at));
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(at));
    next();
    if (late) append(output, connection.outgoing());
  }
  bool told_to_calm_down() const {
    const auto goaways = goaways_in(output);
    return !goaways.empty() && goaways.back().code == test::calm_down;
  }
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

TEST_CASE("streams that are reset again and again: the connection has to end, in any window of time") {
  Echo echo;
  REQUIRE(echo.give(opening()).empty());
  std::uint32_t stream = 1;
  const auto reset_one = [&] {
    Bytes both = request_headers(stream, "/v1/records");
    append(both, test::reset_frame(stream));
    stream += 2;
    return echo.give(both);
  };
  for (int count = 0; count < resets_max; ++count) REQUIRE(reset_one().empty());
  echo.clock.advance(flood_window_ms);
  for (int count = 0; count < resets_max; ++count) REQUIRE(reset_one().empty());
  CHECK(reset_one() == "hub.http2_flood");
  CHECK(echo.told_to_calm_down());
  CHECK(echo.connection.finished());
  CHECK(echo.seen.empty());
  CHECK(echo.refused == std::vector<std::string>{"hub.http2_flood"});
}

TEST_CASE("streams that the server is brought to reset count as well") {
  Echo echo;
  REQUIRE(echo.give(opening()).empty());
  std::string last;
  for (std::uint32_t stream = 1; stream < 1'000 && last.empty(); stream += 2) {
    Bytes both = request_headers(stream, "/v1/records");
    append(both, frame(0x8, 0, stream, {0x7f, 0xff, 0xff, 0xff}));  // a window too large: FLOW_CONTROL_ERROR
    last = echo.give(both);
  }
  CHECK(last == "hub.http2_flood");
  CHECK(echo.told_to_calm_down());
}

TEST_CASE("frames of control without end, heads without end") {
  const auto flood = [](const Bytes& one, int count, const Bytes& first = {}) {
    Echo echo;
    REQUIRE(echo.give(opening()).empty());
    std::string last = first.empty() ? std::string() : echo.give(first);
    for (int at = 0; at < count && last.empty(); ++at) last = echo.give(one);
    return last == "hub.http2_flood" && echo.told_to_calm_down() && echo.seen.empty();
  };
  CHECK(flood(frame(0x4, 0, 0, {}), settings_frames_max));
  CHECK(flood(frame(0x6, 0, 0, Bytes(8)), ping_frames_max + 1));
  CHECK(flood(frame(0x2, 0, 1, {0, 0, 0, 3, 9}), other_frames_max + 1));
  CHECK(flood(frame(0x0, 0, 1, {}), empty_data_frames_max + 1, request_headers(1, "/")));
  const Bytes unfinished = request_headers(1, "/", 0);
  CHECK(flood(frame(0x9, 0, 1, {}), continuation_frames_max + 1, unfinished));
  CHECK(flood(frame(0x9, 0, 1, Bytes(16'000)), 3, unfinished));
}

TEST_CASE("a bomb of compressed headers reaches no handler and costs its stream") {
  Echo echo;
  REQUIRE(echo.give(opening()).empty());
  Bytes block =
      header_block({{":method", "POST"}, {":scheme", "https"}, {":authority", "h"}, {":path", "/"}});
  // One entry of 3,000 bytes into the dynamic table, then 8,000 times that entry: 24 MB out of 11 kB.
  append(block, Bytes{0x40, 1, 'x', 0x7f, 0xb9, 0x16});
  append(block, Bytes(3'000, 'v'));
  append(block, Bytes(8'000, 0xbe));
  CHECK(echo.give(frame(0x1, end_headers | end_stream, 1, block)).empty());
  CHECK(echo.seen.empty());
  CHECK_FALSE(echo.connection.busy());
  CHECK(echo.give(request_headers(3, "/v1/time", end_headers | end_stream)).empty());
  CHECK(echo.seen.size() == 1);
}

TEST_CASE("a request has so long in all, and longer the more of it has come") {
  Echo echo;
  REQUIRE(echo.give(opening()).empty());
  REQUIRE(echo.give(request_headers(1, "/v1/records")).empty());
  CHECK(echo.connection.busy());
  echo.clock.advance(request_time_base_ms);
  CHECK_FALSE(echo.connection.overdue());
  REQUIRE(echo.give(frame(0x0, 0, 1, Bytes(10 * 1'024))).empty());
  echo.clock.advance(10'000);
  CHECK_FALSE(echo.connection.overdue());
  echo.clock.advance(1);
  CHECK(echo.connection.overdue());
  REQUIRE(echo.give(frame(0x0, end_stream, 1, {})).empty());
  CHECK_FALSE(echo.connection.busy());
  CHECK_FALSE(echo.connection.overdue());
}

TEST_CASE("an answer that the peer does not take is overdue too") {
  Echo echo;
  Bytes input = bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  append(input, frame(0x4, 0, 0, {0, 4, 0, 0, 0, 0}));  // a window of nothing
  append(input, request_headers(1, "/v1/time", end_headers | end_stream));
  REQUIRE(echo.give(input).empty());
  CHECK(echo.seen.size() == 1);
  CHECK(data_of(echo.output, 1).empty());
  echo.clock.advance(request_time_base_ms + 1'000);
  CHECK(echo.connection.overdue());
}

TEST_CASE("the end comes in two steps, and what has begun is finished") {
  Echo echo;
  REQUIRE(echo.give(opening()).empty());
  REQUIRE(echo.give(request_headers(1, "/v1/records")).empty());
  echo.connection.announce_end();
  append(echo.output, echo.connection.outgoing());
  auto goaways = goaways_in(echo.output);
  REQUIRE(goaways.size() == 1);
  CHECK(goaways[0].last_stream == 0x7fffffff);
  REQUIRE(echo.give(request_headers(3, "/v1/records")).empty());  // was on its way
  echo.connection.end();
  append(echo.output, echo.connection.outgoing());
  goaways = goaways_in(echo.output);
  REQUIRE(goaways.size() == 2);
  CHECK(goaways[1].last_stream == 3);
  CHECK(goaways[1].code == 0);
  CHECK_FALSE(echo.connection.finished());
  REQUIRE(echo.give(request_headers(5, "/v1/records", end_headers | end_stream)).empty());  // too late
  REQUIRE(echo.give(frame(0x0, end_stream, 1, bytes_of("a"))).empty());
  REQUIRE(echo.give(frame(0x0, end_stream, 3, bytes_of("b"))).empty());
  CHECK(data_of(echo.output, 1) == "echo a");
  CHECK(data_of(echo.output, 3) == "echo b");
  CHECK(echo.seen.size() == 2);
  CHECK(echo.connection.finished());
}

TEST_CASE("a traceparent names the trace; what is none, and two, begin a new one") {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string good = "00-" + id + "-00f067aa0ba902b7-01";
  const auto trace_of = [](const std::vector<std::string>& values) {
    Echo echo;
    Bytes block =
        header_block({{":method", "POST"}, {":scheme", "https"}, {":authority", "h"}, {":path", "/"}});
    for (const auto& value : values) append(block, header_block({{"traceparent", value}}));
    (void)echo.give(opening());
    (void)echo.give(frame(0x1, end_headers | end_stream, 1, block));
    REQUIRE(echo.seen.size() == 1);
    CHECK(echo.seen[0].trace_id.size() == 32);
    return echo.seen[0].trace_id;
  };
  CHECK(trace_of({good}) == id);
  CHECK(trace_of({good, good}) != id);
  CHECK(trace_of({"00-" + id}) != id);
  CHECK(trace_of({}) != trace_of({}));
}

TEST_CASE("late answers in any order reach each its stream") {
  Echo echo;
  echo.late = true;
  Bytes input = opening();
  for (const std::uint32_t stream : {1U, 3U, 5U}) {
    append(input, request_headers(stream, "/v1/records"));
    append(input, frame(0x0, end_stream, stream, bytes_of(std::to_string(stream))));
  }
  REQUIRE(echo.give(input).empty());
  REQUIRE(echo.seen.size() == 3);
  CHECK(echo.connection.owes());
  CHECK(echo.connection.reads_on());
  CHECK(data_of(echo.output, 1).empty());
  for (const std::size_t at : {2U, 0U, 0U}) echo.answer_one(at);
  CHECK(data_of(echo.output, 1) == "echo 1");
  CHECK(data_of(echo.output, 3) == "echo 3");
  CHECK(data_of(echo.output, 5) == "echo 5");
  CHECK_FALSE(echo.connection.owes());
  CHECK_FALSE(echo.connection.busy());
}

TEST_CASE("an answer whose stream was reset meanwhile goes nowhere, and the next one is not harmed") {
  Echo echo;
  echo.late = true;
  Bytes input = opening();
  append(input, request_headers(1, "/v1/records"));
  append(input, frame(0x0, end_stream, 1, bytes_of("gone")));
  append(input, request_headers(3, "/v1/records", end_headers | end_stream));
  append(input, test::reset_frame(1));
  REQUIRE(echo.give(input).empty());
  REQUIRE(echo.seen.size() == 2);
  CHECK(text_of(echo.seen[0].body) ==
        "gone");  // whole, and with the handler: the record is kept all the same
  echo.answer_one(0);
  CHECK(data_of(echo.output, 1).empty());
  CHECK(echo.connection.owes());
  echo.answer_one(0);
  CHECK(data_of(echo.output, 3) == "echo ");
  CHECK_FALSE(echo.connection.busy());
}

TEST_CASE("an answer finds nobody when its HTTP/2 connection is gone") {
  FakeClock clock;
  std::vector<Answer> waiting;
  std::optional<Http2Connection> connection;
  connection.emplace(
      "T-0001", HttpCalls{[&](const HttpRequest&, Answer answer) { waiting.push_back(std::move(answer)); }},
      clock);
  Bytes input = opening();
  append(input, request_headers(1, "/v1/records", end_headers | end_stream));
  test::must(connection->receive(input));
  REQUIRE(waiting.size() == 1);
  connection.reset();
  waiting.front()({200, "text/plain", bytes_of("late"), {}});
}

TEST_CASE("what the hub takes for its answer is not counted as the peer's slowness") {
  Echo echo;
  echo.late = true;
  Bytes input = bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  append(input, frame(0x4, 0, 0, {0, 4, 0, 0, 0, 0}));  // a window of nothing
  append(input, request_headers(1, "/v1/records", end_headers | end_stream));
  REQUIRE(echo.give(input).empty());
  echo.clock.advance(10 * request_time_base_ms);
  CHECK_FALSE(echo.connection.overdue());
  echo.answer_one(0);
  echo.clock.advance(request_time_base_ms);
  CHECK_FALSE(echo.connection.overdue());
  echo.clock.advance(1);
  CHECK(echo.connection.overdue());  // now the peer does not take it
}

TEST_CASE("the end waits for an answer that is owed") {
  Echo echo;
  echo.late = true;
  Bytes input = opening();
  append(input, request_headers(1, "/v1/records", end_headers | end_stream));
  REQUIRE(echo.give(input).empty());
  echo.connection.announce_end();
  echo.connection.end();
  append(echo.output, echo.connection.outgoing());
  CHECK_FALSE(echo.connection.finished());
  echo.answer_one(0);
  CHECK(data_of(echo.output, 1) == "echo ");
  CHECK(echo.connection.finished());
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
