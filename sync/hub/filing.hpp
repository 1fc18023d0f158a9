// Passes what was ingested on to the department.
#pragma once

#include "sync/hub/department.hpp"
#include "sync/hub/hub_store.hpp"

namespace bianmin::hub {

constexpr int filing_batch = 100;  // held in memory at once
constexpr int filing_latest = 4;

// Thread-bound. Borrows everything.
class Filing {
 public:
  Filing(database::Database& database, const HubKeys& keys, Department& department)
      : database_(database), keys_(keys), department_(department) {}

  // Right after an ingest: files the newest ones that no department has yet. Returns how many were filed.
  Result<int> file_latest();
  // Tries every record that is not filed yet once: at start, for what a crash left behind, and from time to
  // time, for what a department failed on. One that fails does not hold up the others.
  Result<int> file_all();

 private:
  struct Unfiled {
    std::int64_t row_id;
    record::RecordId id;
    std::string case_no;
    Bytes payload;
  };
  Result<std::vector<Unfiled>> find(std::string_view condition, std::int64_t row_id, int count_max);
  int file_each(const std::vector<Unfiled>& records);
  Result<void> file_one(const Unfiled& one);
  database::Database& database_;
  const HubKeys& keys_;
  Department& department_;
};

}  // namespace bianmin::hub
