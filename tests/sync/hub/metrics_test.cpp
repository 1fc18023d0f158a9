#include "sync/hub/watch/metrics.hpp"

#include "tests/catch.hpp"

namespace bianmin::hub {

namespace {

bool has_line(const Metrics& metrics, const std::string& line) {
  return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("counters, gauges and their words") {
  Metrics metrics;
  CHECK(metrics.text().empty());
  metrics.add(metric::requests, {"/v1/records", "200"});
  metrics.add(metric::requests, {"/v1/records", "200"}, 2);
  metrics.add(metric::requests, {"other", "404"});
  metrics.set(metric::connections_open, {}, 7);
  CHECK(has_line(metrics, "# HELP bianmin_hub_requests_total Requests answered, by path and status."));
  CHECK(has_line(metrics, "# TYPE bianmin_hub_requests_total counter"));
  CHECK(has_line(metrics, "bianmin_hub_requests_total{path=\"/v1/records\",status=\"200\"} 3"));
  CHECK(has_line(metrics, "bianmin_hub_requests_total{path=\"other\",status=\"404\"} 1"));
  CHECK(has_line(metrics, "# TYPE bianmin_hub_connections_open gauge"));
  CHECK(has_line(metrics, "bianmin_hub_connections_open 7"));
  CHECK(metrics.value(metric::requests, {"/v1/records", "200"}) == 3);
  CHECK(metrics.value(metric::requests, {"/v1/asks", "200"}) == 0);
}

TEST_CASE("large numbers keep their digits") {
  Metrics metrics;
  metrics.add(metric::sent_bytes, {}, 1e15);
  metrics.add(metric::sent_bytes, {}, 1);
  CHECK(has_line(metrics, "bianmin_hub_sent_bytes_total 1000000000000001"));
}

TEST_CASE("a histogram's buckets hold what is below them") {
  Metrics metrics;
  for (const double seconds : {0.0005, 0.001, 0.03, 11.0}) {
    metrics.observe(metric::request_seconds, {"/v1/asks"}, seconds);
  }
  CHECK(has_line(metrics, "bianmin_hub_request_duration_seconds_bucket{path=\"/v1/asks\",le=\"0.001\"} 2"));
  CHECK(has_line(metrics, "bianmin_hub_request_duration_seconds_bucket{path=\"/v1/asks\",le=\"0.05\"} 3"));
  CHECK(has_line(metrics, "bianmin_hub_request_duration_seconds_bucket{path=\"/v1/asks\",le=\"10\"} 3"));
  CHECK(has_line(metrics, "bianmin_hub_request_duration_seconds_bucket{path=\"/v1/asks\",le=\"+Inf\"} 4"));
  CHECK(has_line(metrics, "bianmin_hub_request_duration_seconds_count{path=\"/v1/asks\"} 4"));
}

TEST_CASE("a histogram of something else than time has ends of its own") {
  Metrics metrics;
  for (const double records : {1, 2, 40}) metrics.observe(metric::commit_records, {}, records);
  CHECK(has_line(metrics, "# TYPE bianmin_hub_commit_records histogram"));
  CHECK(has_line(metrics, "bianmin_hub_commit_records_bucket{le=\"1\"} 1"));
  CHECK(has_line(metrics, "bianmin_hub_commit_records_bucket{le=\"32\"} 2"));
  CHECK(has_line(metrics, "bianmin_hub_commit_records_bucket{le=\"64\"} 3"));
  CHECK(has_line(metrics, "bianmin_hub_commit_records_bucket{le=\"+Inf\"} 3"));
  CHECK(has_line(metrics, "bianmin_hub_commit_records_sum 43"));
  CHECK(metrics.text().find("le=\"0.001\"") == std::string::npos);
}

TEST_CASE("a label's value is written so that it cannot end") {
  Metrics metrics;
  metrics.set(metric::filing_waiting, {"a\"b\\c\nd"}, 1);
  CHECK(has_line(metrics, "bianmin_hub_filing_waiting{department=\"a\\\"b\\\\c\\nd\"} 1"));
}

TEST_CASE("a family has so many series and no more; cleared, it has none") {
  Metrics metrics;
  for (std::size_t at = 0; at < series_per_family_max + 50; ++at) {
    metrics.add(metric::http_refusals, {"code-" + std::to_string(at)});
  }
  CHECK(metrics.value(metric::http_refusals, {"other"}) == 50);
  metrics.add(metric::http_refusals, {"code-7"});
  CHECK(metrics.value(metric::http_refusals, {"code-7"}) == 2);
  metrics.clear(metric::http_refusals);
  CHECK(metrics.text().empty());
}

}  // namespace bianmin::hub
