#include "sync/hub/proof/stamping.hpp"

#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

Result<int> Stamper::run() {
  if (clock_.steady_ms() < next_try_ms_) return 0;
  int stamped_count = 0;
  for (const std::string_view name : seal::profile_names) {
    const auto profile = seal::Profile::named(name);
    auto stamped = profile ? stamp_newest(**profile) : Result<bool>(profile.error());
    if (!stamped) {
      if (!failing_) {
        (void)note_event(database_, clock_.utc_ms(), {""}, "time_stamp", stamped.error().text());
      }
      failing_ = true;
      next_try_ms_ = clock_.steady_ms() + stamp_retry_ms;
      return stamped.error();
    }
    stamped_count += *stamped ? 1 : 0;
  }
  failing_ = false;
  return stamped_count;
}

// A clock that was set back must not stop the stamps: then the newest head is due.
Result<bool> Stamper::stamp_newest(const seal::Profile& profile) {
  auto head = newest_head(database_, profile);
  if (!head) return head.error();
  auto last = newest_stamp(database_, profile);
  if (!last) return last.error();
  if (!*head || (*head)->size <= last->size) return false;
  const std::int64_t age_ms = clock_.utc_ms() - last->stamped_utc_ms;
  const bool many = (*head)->size - last->size >= stamp_records_max;
  if (!many && age_ms >= 0 && age_ms < stamp_age_max_ms) return false;
  seal::Stamp stamp;
  auto response = have_stamped(**head, stamp);
  if (!response) return response.error();
  auto kept = keep_stamp(database_, profile, (*head)->size, stamp.utc_ms, *response);
  if (!kept) return kept.error();
  return true;
}

Result<Bytes> Stamper::have_stamped(const StoredHead& head, seal::Stamp& stamp) {
  auto request = seal::make_stamp_request(head.head, policy_);
  if (!request) return request.error();
  auto response = authority_.stamp(request->der);
  if (!response) return response;
  const seal::StampDemand demand{request->digest, request->nonce, policy_,
                                 head.signed_utc_ms - stamp_clock_gap_max_ms,
                                 clock_.utc_ms() + stamp_clock_gap_max_ms};
  auto checked = seal::check_stamp(*response, demand, trust_);
  if (!checked) return checked.error();
  stamp = std::move(checked).value();
  return response;
}

}  // namespace bianmin::hub
