// HTTP/1.1 without sockets: a client's bytes in, the server's bytes out.
#include "sync/hub/web/http1_connection.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "sync/seal/digest.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace bianmin::hub {

namespace {

struct Http1Echo {
  FakeClock clock;
  std::vector<HttpRequest> seen;
  std::vector<std::string> refused;
  bool late = false;  // answers when it is told to
  std::deque<std::function<void()>> waiting;
  Http1Connection connection{"T-0001",
                             {[this](const HttpRequest& request, const Answer& answer) {
                                seen.push_back(request);
                                waiting.push_back([answer, body = text_of(request.body)] {
                                  answer({200, "text/plain", bytes_of("echo " + body), {}});
                                });
                                if (!late) answer_next();
                              },
                              [this](std::string_view code) { refused.emplace_back(code); }},
                             clock};
  std::string output;
  std::string give(const std::string& text) {
    CHECK(connection.receive(view_of(text)).ok());
    const std::string out = text_of(connection.outgoing());
    output += out;
    return out;
  }
  std::string answer_next() {
    const auto next = std::move(waiting.front());
    waiting.pop_front();
    next();
    if (!late) return {};
    const std::string out = text_of(connection.outgoing());
    output += out;
    return out;
  }
  int status() const { return output.size() < 12 ? 0 : std::stoi(output.substr(9, 3)); }
};

std::string post_of(const std::string& body, const std::string& lines = {}) {
  return "POST /v1/records HTTP/1.1\r\nHost: hub\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         lines + "\r\n" + body;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a request in pieces of any size is answered once, and the connection stays", "[http1]") {
  const std::string input = post_of("hello") + post_of("again");
  for (const std::size_t split : {1U, 2U, 7U, 1000U}) {
    Http1Echo echo;
    for (std::size_t at = 0; at < input.size(); at += split) echo.give(input.substr(at, split));
    REQUIRE(echo.seen.size() == 2);
    CHECK(echo.seen[0].method == "POST");
    CHECK(echo.seen[0].path == "/v1/records");
    CHECK(echo.seen[0].terminal_id == "T-0001");
    CHECK(text_of(echo.seen[1].body) == "again");
    CHECK(echo.output.starts_with("HTTP/1.1 200 OK\r\nDate: Wed, 18 Nov 2026 "));
    CHECK(echo.output.find("Content-Length: 10\r\n") != std::string::npos);
    CHECK(echo.output.find("\r\n\r\necho hello") < echo.output.find("\r\n\r\necho again"));
    CHECK_FALSE(echo.connection.finished());
    CHECK_FALSE(echo.connection.busy());
  }
}

TEST_CASE("requests behind each other are answered in their order, the last one by its wish closed") {
  Http1Echo echo;
  echo.give(post_of("1") + "\r\n" + post_of("2") + "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" +
            post_of("never"));
  REQUIRE(echo.seen.size() == 3);
  CHECK(text_of(echo.seen[1].body) == "2");
  CHECK(echo.seen[2].path == "/x");
  CHECK(echo.connection.finished());
  CHECK(count_of(echo.output, "Connection: close\r\n") == 1);
  CHECK(echo.give(post_of("never")).empty());
  CHECK(echo.seen.size() == 3);
}

TEST_CASE("who expects 100-continue gets it, unless the body is there or refused") {
  const std::string expects = "Expect: 100-continue\r\n";
  Http1Echo waits;
  const std::string whole = post_of("body", expects);
  CHECK(waits.give(whole.substr(0, whole.size() - 4)) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(waits.give("body").starts_with("HTTP/1.1 200 OK\r\n"));
  Http1Echo at_once;
  CHECK(at_once.give(whole).starts_with("HTTP/1.1 200 OK\r\n"));
  Http1Echo large;
  large.give("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n" + expects + "\r\n");
  CHECK(large.status() == 413);
  CHECK(count_of(large.output, "HTTP/1.1") == 1);
  CHECK(large.connection.finished());
}

TEST_CASE("HEAD gets the head alone; HTTP/1.0 is answered and closed") {
  Http1Echo head;
  const std::string out = head.give("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(out.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(out.ends_with("\r\n\r\n"));
  Http1Echo old;
  old.give("GET / HTTP/1.0\r\n\r\n");
  CHECK(old.status() == 200);
  CHECK(old.connection.finished());
}

TEST_CASE("what is malformed is answered with its code, and nothing behind it is read") {
  const auto refused = [](const std::string& text) {
    Http1Echo echo;
    echo.give(text + post_of("smuggled"));
    CHECK(echo.seen.empty());
    CHECK(echo.connection.finished());
    CHECK(echo.output.find("Connection: close\r\n") != std::string::npos);
    REQUIRE(echo.refused.size() == 1);
    CHECK(echo.output.find("{\"code\":\"" + echo.refused[0] + "\"}") != std::string::npos);
    return std::to_string(echo.status()) + " " + echo.refused[0];
  };
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  CHECK(refused(start + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n") ==
        "400 hub.ambiguous_length");
  CHECK(refused(start + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n") == "400 hub.bad_length");
  CHECK(refused(start + "Transfer-Encoding: chunked\r\n\r\n") == "411 hub.length_required");
  CHECK(refused(start + "Transfer-Encoding: gzip\r\n\r\n") == "501 hub.bad_transfer_coding");
  CHECK(refused(start + "X: a\r\n b\r\n\r\n") == "400 hub.bad_header");
  CHECK(refused("POST / HTTP/1.1\nHost: h\n\n") == "400 hub.bad_header");
  CHECK(refused(start + "X: a\n\r\n") == "400 hub.bad_header");
  CHECK(refused(start + "X: a\rb\r\n\r\n") == "400 hub.bad_header");
  CHECK(refused(start + std::string("X: \0\r\n\r\n", 8)) == "400 hub.bad_header");
  CHECK(refused("\x16\x03\x01") == "400 hub.bad_header");  // TLS inside TLS
  CHECK(refused("\r\n\r\n\r\n") == "400 hub.bad_request_line");
  CHECK(refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == "505 hub.bad_version");
  CHECK(refused("GET /" + std::string(1'500, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n") ==
        "414 hub.target_too_long");
  CHECK(refused(start + "X: " + std::string(http1_head_size_max, 'x')) == "431 hub.header_too_large");
}

TEST_CASE("a bad byte is refused where it stands, not when the head ends") {
  Http1Echo echo;
  echo.give("GET / HTTP/1.1\n");
  CHECK(echo.status() == 400);
}

TEST_CASE("a request has so long in all; what is idle has not begun", "[http1]") {
  Http1Echo echo;
  echo.give(post_of("1"));
  echo.clock.advance(10 * request_time_base_ms);
  CHECK_FALSE(echo.connection.overdue());
  echo.give("P");
  CHECK(echo.connection.busy());
  for (int count = 0; count < 30; ++count) {  // a byte a second does not help
    echo.clock.advance(1'000);
    CHECK_FALSE(echo.connection.overdue());
    echo.give("O");
  }
  echo.clock.advance(1'000);
  CHECK(echo.connection.overdue());
}

TEST_CASE("at its end a connection finishes what has begun", "[http1]") {
  Http1Echo idle;
  idle.connection.announce_end();
  CHECK_FALSE(idle.connection.finished());
  idle.connection.end();
  CHECK(idle.connection.finished());
  Http1Echo echo;
  const std::string whole = post_of("body");
  echo.give(whole.substr(0, 30));
  echo.connection.announce_end();
  echo.connection.end();
  CHECK_FALSE(echo.connection.finished());
  echo.give(whole.substr(30));
  CHECK(echo.status() == 200);
  CHECK(echo.output.find("Connection: close\r\n") != std::string::npos);
  CHECK(echo.connection.finished());
}

TEST_CASE("random bytes are refused or wait for more, never a request", "[http1]") {
  for (int round = 0; round < 500; ++round) {
    Http1Echo echo;
    (void)echo.connection.receive(seal::random_bytes(1 + static_cast<std::size_t>(round)));
    CHECK(echo.seen.empty());
  }
}

TEST_CASE("an answer may be late: what is behind it waits, and is answered in its order", "[http1]") {
  Http1Echo echo;
  echo.late = true;
  CHECK(echo.give(post_of("first") + post_of("second") + post_of("third").substr(0, 30)).empty());
  CHECK(echo.seen.size() == 1);
  CHECK(echo.connection.owes());
  CHECK_FALSE(echo.connection.reads_on());
  CHECK(echo.give(post_of("third").substr(30)).empty());  // kept
  CHECK(echo.seen.size() == 1);
  CHECK(echo.answer_next().ends_with("\r\n\r\necho first"));
  REQUIRE(echo.seen.size() == 2);
  CHECK(echo.connection.owes());
  CHECK(echo.answer_next().ends_with("\r\n\r\necho second"));
  CHECK(echo.answer_next().ends_with("\r\n\r\necho third"));
  CHECK_FALSE(echo.connection.owes());
  CHECK(echo.connection.reads_on());
  CHECK_FALSE(echo.connection.busy());
  CHECK(count_of(echo.output, "HTTP/1.1 200 OK") == 3);
}

TEST_CASE("what is malformed behind a request that waits is refused behind its answer", "[http1]") {
  Http1Echo echo;
  echo.late = true;
  CHECK(echo.give(post_of("first") + "nonsense\r\n\r\n").empty());
  CHECK(echo.refused.empty());
  const std::string out = echo.answer_next();
  CHECK(out.find("echo first") < out.find("HTTP/1.1 400"));
  CHECK(echo.refused.size() == 1);
  CHECK(echo.connection.finished());
}

TEST_CASE("a request that waits for its answer is not the peer's slowness", "[http1]") {
  Http1Echo echo;
  echo.late = true;
  echo.give(post_of("first") + post_of("second").substr(0, 30));
  echo.clock.advance(10 * request_time_base_ms);
  CHECK(echo.connection.busy());
  CHECK_FALSE(echo.connection.overdue());
  echo.answer_next();
  echo.clock.advance(request_time_base_ms);
  CHECK_FALSE(echo.connection.overdue());  // what is behind it began when it was answered
  echo.clock.advance(1'000);
  CHECK(echo.connection.overdue());
}

TEST_CASE("who is asked to end finishes what waits, and takes nothing that is behind it", "[http1]") {
  Http1Echo echo;
  echo.late = true;
  echo.give(post_of("first") + post_of("second"));
  echo.connection.announce_end();
  echo.connection.end();
  CHECK_FALSE(echo.connection.finished());
  const std::string out = echo.answer_next();
  CHECK(out.find("Connection: close\r\n") != std::string::npos);
  CHECK(echo.connection.finished());
  CHECK(echo.seen.size() == 1);
}

TEST_CASE("an answer finds nobody when its connection is gone", "[http1]") {
  FakeClock clock;
  std::vector<Answer> waiting;
  std::optional<Http1Connection> connection;
  connection.emplace(
      "T-0001", HttpCalls{[&](const HttpRequest&, Answer answer) { waiting.push_back(std::move(answer)); }},
      clock);
  CHECK(connection->receive(view_of(post_of("hello"))).ok());
  REQUIRE(waiting.size() == 1);
  connection.reset();
  waiting.front()({200, "text/plain", bytes_of("late"), {}});
}

}  // namespace bianmin::hub
