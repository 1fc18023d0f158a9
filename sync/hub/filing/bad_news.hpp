// Entries of departments' pages of states that say nothing which can be believed: dead letters, too, but of
// the department to the hub. They stay in table `bad_news` until an operator closes them; they are not tried
// again: the department has to tell the state once more, as it should be. What was in one is not kept, only
// its digest.
#pragma once

#include "sync/departments/department.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::int64_t bad_news_max = 1'000;  // of one department; of more there is the event alone

struct BadNewsLetter {
  std::string department;
  record::Digest digest{};
  std::string case_no;
  std::string code;
  std::int64_t since_utc_ms = 0;
};

// With an event departments.bad_state. The same entry again changes nothing. Inside the caller's transaction.
Result<void> bury(database::Database& database, std::int64_t now_utc_ms, std::string_view department,
                  const departments::BadNews& news);

// Oldest first, filing_listed_max at most.
Result<std::vector<BadNewsLetter>> list_bad_news(database::Database& database);

// By an operator, with an event that says by whom and why. Errors "hub.no_dead_letter", "hub.close_unsigned"
// (refuse).
Result<void> close_bad_news(database::Database& database, const Clock& clock, const record::Digest& digest,
                            std::string_view by, std::string_view reason);

}  // namespace bianmin::hub
