// Brings the records of one department there, one at a time: when it is due, no faster than the department
// wants, and not at all for a while when it keeps failing.
#pragma once

#include <functional>

#include "sync/departments/department_book.hpp"
#include "sync/departments/rate_limit.hpp"
#include "sync/http/breaker.hpp"
#include "sync/hub/filing/case_news.hpp"
#include "sync/hub/filing/filing_queue.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::hub {

constexpr std::int64_t lane_poll_ms =
    500;  // how often it looks when nothing waits: other hubs take records in too
constexpr std::int64_t lease_margin_ms = 30'000;  // beyond what one attempt may take by its settings
constexpr std::int64_t hub_pause_ms = 2'000;      // after the hub itself could not open a record
constexpr http::BreakerLimits department_breaker{5, 60'000};

struct LaneParts {
  database::Database& database;
  custody::RecordOpener& opener;
  const custody::Sealer& sealer;
  departments::Department& department;
  const departments::DepartmentSettings& settings;
  const Clock& clock;
  Log& log;
  std::function<std::uint32_t()> random;
  std::string lease;      // of this lane alone, in all hubs
  bool asks_news = true;  // one lane of a department does
};

// Thread-bound. Everything in `parts` is borrowed.
class FilingLane {
 public:
  explicit FilingLane(LaneParts parts);

  // Does one thing that is due, and returns after how many milliseconds to come again; 0: at once. Blocks for
  // as long as the department takes.
  std::int64_t turn();

 private:
  void attempt(const Queued& one);
  Result<void> not_tried(const Queued& one, const Error& why);
  Result<void> settle(const Queued& one, record::RecordKind kind, const departments::Outcome& outcome);
  Result<void> put_off(const Queued& one, const departments::Outcome& outcome);
  bool news_are_due();
  void news_failed(const Error& why);
  LaneParts parts_;
  FilingQueue queue_;
  CaseNewsDesk news_;
  http::Breaker breaker_;
  departments::RateLimit rate_;
  std::int64_t pause_until_ms_ = 0;  // the department asked for it, or the hub has no key at the moment
  std::int64_t news_at_ms_ = 0;
};

}  // namespace bianmin::hub
