#include "sync/hub/web/operators_desk.hpp"

#include "sync/hub/store/operator_events.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

namespace {

struct Desk {
  test::HubInProcess hub;
  Metrics metrics;
  Readiness readiness{hub.database(), hub.folder(), hub.clock};
  OperatorsDesk desk{hub.database(), metrics, readiness, hub.clock};
  HttpResponse ask(const std::string& path, const std::string& method = "GET") {
    return desk.handle({method, path, {}, {}});
  }
};

}  // namespace

TEST_CASE("operators may read, and nothing else") {
  Desk desk;
  CHECK(desk.ask("/healthz").status == 200);
  CHECK(desk.ask("/readyz", "HEAD").status == 200);
  CHECK(desk.ask("/metrics?x=1").status == 200);
  CHECK(desk.ask("/metricsx").status == 404);
  CHECK(desk.ask("/").status == 404);
  const auto post = desk.ask("/metrics", "POST");
  CHECK(post.status == 405);
  CHECK(post.allow == "GET, HEAD");
}

TEST_CASE("a scrape asks the database once in a while, and shows what it found") {
  Desk desk;
  CHECK(text_of(desk.ask("/metrics").body).find("bianmin_hub_operator_events") == std::string::npos);
  test::must(note_event(desk.hub.database(), desk.hub.clock.utc_ms(), {"T-0001"}, "clone", "x"));
  CHECK(text_of(desk.ask("/metrics").body).find("bianmin_hub_operator_events") == std::string::npos);
  desk.hub.clock.advance(scrape_pause_ms);
  const std::string text = text_of(desk.ask("/metrics").body);
  CHECK(text.find("bianmin_hub_operator_events{kind=\"clone\"} 1\n") != std::string::npos);
  CHECK(text.find("bianmin_hub_scrape_failed 0\n") != std::string::npos);
  CHECK(text.find("T-0001") == std::string::npos);
}

TEST_CASE("not ready: at its end, with a full disk, without its database") {
  Desk desk;
  CHECK(desk.ask("/readyz").status == 200);
  Readiness full(desk.hub.database(), desk.hub.folder(), desk.hub.clock, UINT64_MAX);
  CHECK(test::code_of(full.check()) == "hub.disk_full");
  test::must(desk.hub.database().execute("ALTER TABLE enrolment RENAME TO elsewhere"));
  CHECK(desk.ask("/readyz").status == 200);  // as of a moment ago
  desk.hub.clock.advance(readiness_kept_ms);
  const auto lost = desk.ask("/readyz");
  CHECK(lost.status == 503);
  CHECK(text_of(lost.body).find("\"store.") != std::string::npos);
  test::must(desk.hub.database().execute("ALTER TABLE elsewhere RENAME TO enrolment"));
  desk.hub.clock.advance(readiness_kept_ms);
  CHECK(desk.ask("/readyz").status == 200);
  desk.readiness.drain();
  CHECK(text_of(desk.ask("/readyz").body) == "{\"code\":\"hub.draining\"}");
  CHECK(desk.ask("/healthz").status == 200);
}

}  // namespace bianmin::hub
