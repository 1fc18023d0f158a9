// What waits for a department that is not the hub's own register: table `filing`.
//
// A record enters in the transaction that takes it in, so there is none that a department should get and that
// nobody knows of. It leaves with an acceptance, or as a dead letter when the department refuses it; a dead
// letter stays until an operator has it tried again or closes it. What is filed goes after a while
// (retention.hpp).
//
// Any number of hubs may work on one queue. Who tries a record leases it for as long as an attempt can take;
// when a hub dies over it, another takes it after that, and the record id, which is the idempotency key,
// keeps the department from taking it up twice.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sync/hub/filing/unfiled.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::int64_t filing_pause_first_ms = 2'000;
constexpr std::int64_t filing_pause_most_ms = 600'000;
constexpr int stuck_attempts = 10;  // then operators are told
constexpr int filing_listed_max = 1'000;
constexpr int claim_candidates = 8;  // other hubs look at the same ones

// A record and where it goes.
struct NewFiling {
  Unfiled record;
  std::string service_id;
  std::string department;
};

struct Queued {
  Unfiled record;
  std::string department;
  std::int64_t attempts = 0;  // that have failed
  std::string lease;
};

struct DeadLetter {
  Unfiled record;
  std::string service_id;
  std::string department;
  std::int64_t attempts = 0;
  std::string code;
  std::string detail;
  std::int64_t since_utc_ms = 0;
};

struct DepartmentCount {
  std::string department;
  std::int64_t waiting = 0;
  std::int64_t filed = 0;  // ever, and not only in the queue (retention.hpp)
  std::int64_t dead = 0;
  std::int64_t closed = 0;
  std::int64_t oldest_waiting_utc_ms = 0;  // 0: nothing waits
};

// Where a record of `service_id` goes next that was at `department`. `refused`: that has not taken it up, and
// will not; of one that waits nobody knows, so another one may come to have it as well.
using Route =
    std::function<std::string(std::string_view service_id, const std::string& department, bool refused)>;

// After so many failures: doubling from filing_pause_first_ms to filing_pause_most_ms, and between half of it
// and the whole, as `random` says.
std::int64_t filing_pause_ms(std::int64_t attempts, std::uint32_t random);

// Thread-bound. Borrows everything. Errors: those of database::Database.
class FilingQueue {
 public:
  FilingQueue(database::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Inside the transaction that stores the records, with `filed` = 2.
  Result<void> enqueue(std::span<const NewFiling> records);

  // The one that has been due longest, leased for `lease_ms` under the name `lease`; nothing when none is
  // due.
  Result<std::optional<Queued>> claim(std::string_view department, std::string_view lease,
                                      std::int64_t lease_ms);

  // What came of an attempt. An acceptance counts whoever has the lease by now; the others only with it.
  Result<void> accepted(const Queued& one, record::RecordKind kind,
                        const departments::Acceptance& acceptance);
  // Operators are told of each stuck_attempts-th failure (event departments.stuck).
  Result<void> failed(const Queued& one, std::string_view code, std::string_view detail,
                      std::int64_t pause_ms);
  // A dead letter, and an event departments.refused.
  Result<void> refused(const Queued& one, std::string_view code, std::string_view detail);
  // It was not tried.
  Result<void> give_back(const Queued& one);

  Result<std::vector<DepartmentCount>> counts();
  Result<std::vector<DeadLetter>> dead_letters();
  // By an operator: the record, or all dead letters without one, is due at once, from the start; in the queue
  // that `route` names, or, when that is "", with the register. One that waits may be hurried so, too.
  // Returns how many.
  Result<std::int64_t> replay(std::optional<record::RecordId> id, const Route& route);
  // By an operator: a dead letter that will not be tried again, with an event that says by whom and why.
  // Errors "hub.no_dead_letter", "hub.close_unsigned" (refuse).
  Result<void> close(const record::RecordId& id, std::string_view by, std::string_view reason);

 private:
  struct Group {
    std::string service_id;
    std::string department;
    std::string state;
  };
  Result<std::vector<Group>> groups_of(std::optional<record::RecordId> id);
  Result<std::int64_t> move(const Group& group, std::optional<record::RecordId> id, const std::string& to);
  Result<void> note(std::string_view department, std::string_view kind, std::string_view detail);
  database::Database& database_;
  const Clock& clock_;
};

}  // namespace bianmin::hub
