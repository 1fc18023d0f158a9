#include "sync/hub/store/denials.hpp"

namespace bianmin::hub {

Result<void> Denials::look() {
  auto denied_count = database_.prepare("SELECT count(*) FROM enrolment WHERE state = 'denied'").number();
  if (!denied_count) return denied_count.error();
  Generation now{*denied_count, 0};
  if (now.denied_count > 0) {
    auto last_no = database_.prepare("SELECT max(enrolment_no) FROM enrolment").number();
    if (!last_no) return last_no.error();
    now.last_enrolment_no = *last_no;
  }
  if (now == read_at_ && (denied_.empty() || ++looks_since_ < looks_between_readings_max)) return {};
  if (auto done = read(); !done) return done;
  read_at_ = now;
  looks_since_ = 0;
  return {};
}

Result<void> Denials::read() {
  auto query = database_.prepare(
      "SELECT DISTINCT terminal_id FROM enrolment AS lost WHERE state = 'denied' AND NOT EXISTS (SELECT 1 "
      "FROM enrolment AS kept WHERE kept.terminal_id = lost.terminal_id AND kept.state = 'active') LIMIT ?");
  query.bind(denied_held_max);
  std::unordered_set<std::string> denied;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    denied.insert(query.text(0));
  }
  denied_ = std::move(denied);
  return {};
}

}  // namespace bianmin::hub
