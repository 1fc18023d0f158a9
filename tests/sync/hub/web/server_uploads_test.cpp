// Uploads over TLS on loopback: what has come on all connections shares a commit. Custody that is held makes
// the moment: meanwhile the hub reads nothing, and what is sent lies ready.
#include <sys/socket.h>

#include "sync/store/outbox.hpp"
#include "sync/store/record_writer.hpp"
#include "tests/sync/hub/web/http2_frames.hpp"
#include "tests/sync/hub/web/loopback.hpp"

namespace bianmin {

using test::eventually;
using test::LoopbackHub;
using test::must;
using test::WireClient;

namespace {

constexpr std::string_view good_answer = "HTTP/1.1 200 OK\r\n";

class UploadingTerminal {
 public:
  UploadingTerminal(LoopbackHub& hub, const std::string& id)
      : enrolment_(must(store::load_enrolment(enrolled(hub, id)))),
        journal_(must(store::Journal::open(hub.terminal_folder(id) / "journal.db", enrolment_.identity))),
        outbox_(*journal_, enrolment_.hub_receipt_key) {}
  Bytes next() {
    must(store::RecordWriter(*journal_, enrolment_).save(test::sample_case()));
    return record::encode(must(outbox_.pending(1, seq_++)).at(0).upload);
  }
  std::string next_request() {
    const std::string body = text_of(next());
    return "POST /v1/records HTTP/1.1\r\nHost: hub\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }

 private:
  static std::filesystem::path enrolled(LoopbackHub& hub, const std::string& id) {
    if (!std::filesystem::exists(hub.terminal_folder(id))) hub.enrol(id);
    return hub.terminal_folder(id);
  }
  store::Enrolment enrolment_;
  std::unique_ptr<store::Journal> journal_;
  store::Outbox outbox_;
  std::uint64_t seq_ = 0;
};

Bytes h2_upload(std::uint32_t stream, const Bytes& body) {
  Bytes out = test::request_headers(stream, "/v1/records");
  append(out, test::frame(0, test::end_stream, stream, body));
  return out;
}

// A hub whose thread waits for custody over the first upload of T-0001, which has been sent.
struct HeldHub {
  explicit HeldHub(const hub::ServerLimits& limits = {}) : hub(limits) {}
  void hold() {
    hub.custody().hold();
    client.send(terminal.next_request());
    hub.custody().wait_until_asked();
  }
  LoopbackHub hub;
  UploadingTerminal terminal{hub, "T-0001"};
  WireClient client{hub.port(), hub.terminal(), "http/1.1"};
};

// Each is counted before its answers go out.
std::string commits(const LoopbackHub& hub) {
  const std::string metrics = hub.metrics();
  const auto value_of = [&](const std::string& name) {
    const auto at = metrics.find("\n" + name + " ") + name.size() + 2;
    return metrics.substr(at, metrics.find('\n', at) - at);
  };
  return value_of("bianmin_hub_commit_records_count") + " commits of " +
         value_of("bianmin_hub_commit_records_sum") + " records";
}

std::size_t good_answers(const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(good_answer); at != std::string::npos; at = text.find(good_answer, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("uploads of many connections share a commit, whatever they speak") {
  HeldHub held;
  std::vector<std::unique_ptr<UploadingTerminal>> terminals;
  std::vector<std::unique_ptr<WireClient>> clients;
  for (int number = 2; number <= 13; ++number) {
    const std::string id = "T-00" + std::string(number < 10 ? "0" : "") + std::to_string(number);
    terminals.push_back(std::make_unique<UploadingTerminal>(held.hub, id));
    clients.push_back(std::make_unique<WireClient>(held.hub.port(), held.hub.terminal(id),
                                                   number % 2 == 0 ? "h2" : "http/1.1"));
    REQUIRE(clients.back()->established());
    if (number % 2 == 0) clients.back()->send(test::opening());
  }
  held.hold();
  for (std::size_t at = 0; at < clients.size(); ++at) {
    if (at % 2 == 0) clients[at]->send(h2_upload(1, terminals[at]->next()));
    if (at % 2 == 1) clients[at]->send(terminals[at]->next_request());
  }
  for (const auto& client : clients) REQUIRE(client->delivered());
  held.hub.custody().release();
  CHECK(held.client.read_until("\r\n\r\n").starts_with(good_answer));
  for (std::size_t at = 0; at < clients.size(); ++at) {
    if (at % 2 == 1) CHECK(clients[at]->read_until("\r\n\r\n").starts_with(good_answer));
    if (at % 2 == 0) {
      const auto came = clients[at]->read_until(
          [](const std::string& text) { return !test::data_of(view_of(text), 1).empty(); });
      CHECK_FALSE(test::data_of(view_of(came), 1).empty());
    }
  }
  CHECK(held.hub.record_count() == 13);
  CHECK(commits(held.hub) == "2 commits of 13 records");
  CHECK(held.hub.shows("bianmin_hub_requests_total{path=\"/v1/records\",status=\"200\"} 13"));
  CHECK(held.hub.shows("bianmin_hub_records_total{outcome=\"stored\",code=\"\"} 13"));
}

TEST_CASE("streams of one connection share a commit, requests behind each other go one by one") {
  HeldHub held;
  UploadingTerminal other(held.hub, "T-0002");
  WireClient streams(held.hub.port(), held.hub.terminal("T-0002"), "h2");
  streams.send(test::opening());
  held.hold();
  constexpr std::uint32_t last_stream = 39;
  for (std::uint32_t stream = 1; stream <= last_stream; stream += 2)
    streams.send(h2_upload(stream, other.next()));
  std::string behind;
  for (int count = 0; count < 20; ++count)
    behind += held.terminal.next_request();  // more than it reads at once
  held.client.send(behind);
  REQUIRE(held.client.delivered());
  REQUIRE(streams.delivered());
  held.hub.custody().release();
  const auto came = streams.read_until([&](const std::string& text) {
    for (std::uint32_t stream = 1; stream <= last_stream; stream += 2) {
      if (test::data_of(view_of(text), stream).empty()) return false;
    }
    return true;
  });
  CHECK_FALSE(test::data_of(view_of(came), last_stream).empty());
  (void)held.client.read_until([](const std::string& text) { return good_answers(text) == 21; });
  CHECK(good_answers(held.client.received()) == 21);
  CHECK(held.hub.record_count() == 41);
  // One, all streams with the first that was behind it, and 19 more.
  CHECK(commits(held.hub) == "21 commits of 41 records");
}

TEST_CASE("the record of who is gone before its answer is kept, and nobody else is harmed") {
  HeldHub held;
  UploadingTerminal second(held.hub, "T-0002");
  UploadingTerminal third(held.hub, "T-0003");
  auto gone = std::make_unique<WireClient>(held.hub.port(), held.hub.terminal("T-0002"), "http/1.1");
  WireClient reset(held.hub.port(), held.hub.terminal("T-0003"), "h2");
  reset.send(test::opening());
  held.hold();
  gone->send(second.next_request());
  REQUIRE(gone->delivered());
  gone.reset();
  reset.send(h2_upload(1, third.next()));
  reset.send(test::reset_frame(1));
  reset.send(h2_upload(3, third.next()));
  REQUIRE(reset.delivered());
  held.hub.custody().release();
  CHECK(held.client.read_until("\r\n\r\n").starts_with(good_answer));
  const auto came =
      reset.read_until([](const std::string& text) { return !test::data_of(view_of(text), 3).empty(); });
  CHECK_FALSE(test::data_of(view_of(came), 3).empty());
  CHECK(test::data_of(view_of(came), 1).empty());
  CHECK(eventually([&] { return held.hub.record_count() == 4; }));
  CHECK(held.hub.shows("bianmin_hub_connections_open 2"));
}

TEST_CASE("who has said all and only listens gets the answer that is owed") {
  HeldHub held;
  UploadingTerminal second(held.hub, "T-0002");
  WireClient listener(held.hub.port(), held.hub.terminal("T-0002"), "http/1.1");
  held.hold();
  listener.send(second.next_request());
  REQUIRE(::shutdown(listener.descriptor(), SHUT_WR) == 0);
  held.hub.custody().release();
  CHECK(listener.closed());
  CHECK(listener.received().starts_with(good_answer));
}

TEST_CASE("at its end the hub answers what it has gathered") {
  hub::ServerLimits limits;
  limits.drain_ms = 60'000;
  HeldHub held(limits);
  UploadingTerminal second(held.hub, "T-0002");
  WireClient late(held.hub.port(), held.hub.terminal("T-0002"), "http/1.1");
  held.hold();
  late.send(second.next_request());
  held.hub.begin_drain();
  held.hub.custody().release();
  CHECK(held.client.closed());
  CHECK(held.client.received().starts_with(good_answer));
  CHECK(late.closed());
  CHECK(late.received().starts_with(good_answer));
  held.hub.join();  // all are gone, so it has not waited for drain_ms
  CHECK(held.hub.record_count() == 2);
}

}  // namespace bianmin
