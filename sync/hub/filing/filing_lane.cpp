#include "sync/hub/filing/filing_lane.hpp"

#include <algorithm>

#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

using departments::Outcome;
using departments::Verdict;

FilingLane::FilingLane(LaneParts parts)
    : parts_(std::move(parts)),
      queue_(parts_.database, parts_.clock),
      news_(parts_.database, parts_.sealer, parts_.clock),
      breaker_(parts_.random, department_breaker),
      rate_(std::max<std::int64_t>(
          1, parts_.settings.per_second / std::max<std::int64_t>(1, parts_.settings.parallel))) {}

std::int64_t FilingLane::turn() {
  const std::int64_t now_ms = parts_.clock.steady_ms();
  if (now_ms < pause_until_ms_) return std::min(pause_until_ms_ - now_ms, lane_poll_ms);
  if (!breaker_.lets_through(now_ms)) return lane_poll_ms;
  if (const std::int64_t wait_ms = rate_.wait_ms(now_ms); wait_ms > 0) return wait_ms;
  if (news_are_due()) return 0;
  const auto& client = parts_.settings.client;
  const std::int64_t lease_ms = client.connect_timeout_ms + client.timeout_ms + lease_margin_ms;
  auto claimed = queue_.claim(parts_.settings.name, parts_.lease, lease_ms);
  if (!claimed) {
    parts_.log.error("hub", "filing-failed", claimed.error());
    return lane_poll_ms;
  }
  if (!*claimed) return lane_poll_ms;
  rate_.take(now_ms);
  attempt(**claimed);
  return 0;
}

void FilingLane::attempt(const Queued& one) {
  auto record = open_unfiled(parts_.database, parts_.opener, one.record, parts_.settings.name);
  if (!record) parts_.log.error("hub", "filing-failed", record.error());
  const auto settled =
      record ? settle(one, record->kind, parts_.department.file(*record)) : not_tried(one, record.error());
  if (!settled) parts_.log.error("hub", "filing-failed", settled.error());
}

// The department had no part in it. What holds for all records is nobody's failure; what holds for this one
// alone counts as its own, so that operators hear of it.
Result<void> FilingLane::not_tried(const Queued& one, const Error& why) {
  const bool of_this_record = why.remedy == Remedy::refuse || why.code == "hub.payload_missing";
  if (!of_this_record) {
    pause_until_ms_ = parts_.clock.steady_ms() + hub_pause_ms;
    return queue_.give_back(one);
  }
  return queue_.failed(one, why.code, "", filing_pause_ms(one.attempts + 1, parts_.random()));
}

Result<void> FilingLane::settle(const Queued& one, record::RecordKind kind, const Outcome& outcome) {
  if (outcome.verdict == Verdict::accepted) {
    breaker_.succeeded();
    return queue_.accepted(one, kind, outcome.acceptance);
  }
  if (outcome.code == "http.stopping") return queue_.give_back(one);
  parts_.log.write(LogLevel::warning, "hub",
                   outcome.verdict == Verdict::refused ? "department-refused" : "department-failed",
                   {{"department", parts_.settings.name},
                    {"record", to_hex(one.record.id)},
                    {"code", outcome.code},
                    {"detail", outcome.detail}});
  if (outcome.verdict == Verdict::refused) {
    breaker_.succeeded();
    return queue_.refused(one, outcome.code, outcome.detail);
  }
  return put_off(one, outcome);
}

Result<void> FilingLane::put_off(const Queued& one, const Outcome& outcome) {
  const std::int64_t now_ms = parts_.clock.steady_ms();
  breaker_.failed(now_ms);
  if (outcome.retry_after_ms > 0) pause_until_ms_ = now_ms + outcome.retry_after_ms;
  const std::int64_t pause_ms = filing_pause_ms(one.attempts + 1, parts_.random());
  return queue_.failed(one, outcome.code, outcome.detail, std::max(pause_ms, outcome.retry_after_ms));
}

bool FilingLane::news_are_due() {
  const std::int64_t now_ms = parts_.clock.steady_ms();
  if (!parts_.asks_news || now_ms < news_at_ms_) return false;
  const std::int64_t interval_ms = parts_.settings.states_interval_s * 1000;
  const auto more = news_.ask(parts_.department, parts_.settings.name, interval_ms);
  if (!more) news_failed(more.error());
  news_at_ms_ = now_ms + (more && *more ? 0 : std::min(interval_ms, lane_poll_ms));
  if (more && *more) rate_.take(now_ms);
  return more && *more;
}

// It may be down, and that passes; a page that is none does not.
void FilingLane::news_failed(const Error& why) {
  parts_.log.error("hub", "states-failed", why);
  if (why.code != "department.bad_answer") return;
  const auto noted =
      note_event(parts_.database, parts_.clock.utc_ms(), {department_subject(parts_.settings.name)},
                 "departments.bad_page", why.detail);
  if (!noted) parts_.log.error("hub", "states-failed", noted.error());
}

}  // namespace bianmin::hub
