// What the hub tells operators' programs, on a listener of its own without TLS: bind it to this machine, or
// to a network of the operators'.
//
//   GET /metrics  → 200 Prometheus text format 0.0.4
//   GET /healthz  → 200 {"alive":true}: the process answers
//   GET /readyz   → 200 {"ready":true}, or 503 {"code":…} (readiness.hpp): send terminals elsewhere
#pragma once

#include "sync/hub/service/service.hpp"
#include "sync/hub/watch/backlog.hpp"
#include "sync/hub/watch/readiness.hpp"

namespace bianmin::hub {

constexpr std::int64_t scrape_pause_ms = 1'000;  // the database is not asked again before

// Thread-bound. Borrows everything.
class OperatorsDesk {
 public:
  OperatorsDesk(database::Database& database, Metrics& metrics, Readiness& readiness, const Clock& clock);
  // Blocks for the database.
  HttpResponse handle(const HttpRequest& request);

 private:
  HttpResponse metrics();
  database::Database& database_;
  Metrics& metrics_;
  Readiness& readiness_;
  const Clock& clock_;
  std::int64_t scraped_at_ms_ = INT64_MIN / 2;
};

}  // namespace bianmin::hub
