// What operators have to know of and look at: table operator_event.
//
// Kinds: what Ingest finds (below), what a request was refused for (its code without "hub."), and
//   fork              a second record with a number that is taken
//   restored_disk     a terminal went back to an older head and went on differently
//   clone             two devices append to one chain, or two connections of one terminal take turns
//   broken_chain      a record does not hold the digest of the one before
//   seq_jump          a record far beyond the head
//   gap, gap_closed   records before one that is here have not come for gap_event_after_ms; now they have
//   journal_replaced  a terminal goes on in a spare life: its journal was damaged
//   clock             a record from the future
//   released          an operator let a record out of the quarantine
//   time_stamp        no time stamp authority stamped a head of the hash tree; it is asked again
//   damaged_tree      the hash tree is not what the hub has signed: nothing is appended to it any more
//   departments.stuck    a record has failed ten times at its department
//   departments.refused  a department refuses a record: a dead letter
//   departments.closed   an operator has closed a dead letter
//   departments.bad_state  an entry of its page of states says nothing: a dead letter of the other direction
//   departments.bad_page   its page of states cannot be read at all: it tells of nothing until that is mended
//                     (these five stand under department_subject() where else the terminal is)
//   went_back         a terminal holds a receipt of this hub that it knows nothing of (heads.hpp)
//   lost_records      and neither the terminal has its contents any more
//   adopted           an operator let a terminal in again that this hub had forgotten (adopt.hpp)
//   restored          this hub was made out of a backup, and of which
//   certificate       what a department has issued over a case went to this terminal, for who has its slip
//   certificate_expired, certificate_renewed  of the terminal's connection
#pragma once

#include <string>
#include <vector>

#include "sync/database/database.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

constexpr std::int64_t event_window_ms =
    86'400'000;  // the same event again within it is counted, not repeated
constexpr int events_listed_max = 1'000;

struct OperatorEvent {
  std::int64_t id = 0;
  std::int64_t utc_ms = 0;
  std::int64_t last_utc_ms = 0;
  std::int64_t count = 0;
  std::string terminal_id;
  std::uint64_t epoch = 0;
  std::string kind;
  std::string detail;
};

struct EventSubject {
  std::string_view terminal_id;
  std::uint64_t epoch = 0;
};

// The subject of events of a department; no terminal has a ':' in its name.
std::string department_subject(std::string_view department);

// `detail` holds no personal data. Inside the caller's transaction, if there is one.
Result<void> note_event(database::Database& database, std::int64_t now_utc_ms, const EventSubject& of,
                        std::string_view kind, std::string_view detail);

// Oldest first, with id > after_id.
Result<std::vector<OperatorEvent>> list_events(database::Database& database, std::int64_t after_id = 0);
Json to_json(const OperatorEvent& event);

}  // namespace bianmin::hub
