// Records that the hub does not take: kept with its reason, in nobody's way, for staff to see.
//
// A later record of the same case goes its own way: the hub keeps each under the case's number, and its chain
// has no gap more than it must.
#pragma once

#include <string>
#include <vector>

#include "sync/store/journal.hpp"

namespace bianmin::store {

struct DeadLetter {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  record::RecordKind kind = record::RecordKind::service_case;
  std::string case_no;
  std::int64_t created_utc_ms = 0;
  std::string code;
};

// The oldest first, salvaged ones of earlier lives before all. Errors: those of database::Database.
Result<std::vector<DeadLetter>> dead_letters(Journal& journal, int count_max);

// It waits for the hub again: a dead letter, or one that is settled in a life whose hub contradicts it there
// or before (hub_heads.hpp). Error "journal.no_dead_letter" (refuse): there is none of that number.
Result<void> retry_dead_letter(Journal& journal, std::uint64_t epoch, std::uint64_t seq);

}  // namespace bianmin::store
