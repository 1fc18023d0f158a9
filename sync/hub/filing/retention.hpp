// What a department has taken up leaves the queue after a while: hub.conf, `filed_days`.
//
// Nothing depends on its row any more. That the record was filed stands in table `record`, whose it is in
// `case_file`, and how many there were in `filed_count`; a copy that comes late is known by `known_record`,
// and an acceptance that comes late finds it filed.
#pragma once

#include <filesystem>

#include "sync/database/database.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::int64_t filed_days_usual = 30;
constexpr std::int64_t filed_days_max = 3'650;
constexpr int retention_batch = 500;                     // rows of one transaction
constexpr std::int64_t retention_interval_ms = 600'000;  // when nothing is left

// Errors: those of Config, "config.bad_number" for what is not from 1 to filed_days_max.
Result<std::int64_t> filed_days(const std::filesystem::path& hub_folder);

// Thread-bound. Borrows everything. Any number of hubs may do it at once.
class FilingRetention {
 public:
  FilingRetention(database::Database& database, const Clock& clock, std::int64_t days)
      : database_(database), clock_(clock), days_(days) {}

  // When it is due, removes the rows of up to retention_batch records that were filed more than `days` ago,
  // oldest first. Returns how many. Errors: those of the database; nothing was removed.
  Result<std::int64_t> turn();

 private:
  Result<std::int64_t> remove_batch();
  database::Database& database_;
  const Clock& clock_;
  std::int64_t days_;
  std::int64_t due_ms_ = 0;  // steady
};

}  // namespace bianmin::hub
