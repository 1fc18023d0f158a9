// Passes what was ingested on to the department. Two hubs may file the same record at once: the department
// gives both the same acceptance.
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

  // Right after an ingest: files the newest ones of that terminal that no department has yet. Returns how
  // many were filed.
  Result<int> file_latest(std::string_view terminal_id);
  // Tries every record that is not filed yet once: at start, for what a crash left behind, and from time to
  // time, for what a department failed on. One that fails does not hold up the others.
  Result<int> file_all();

 private:
  struct Unfiled {
    std::string terminal_id;
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    std::int64_t received_utc_ms = 0;
    record::RecordId id{};
    std::string case_no;
  };
  static Result<std::vector<Unfiled>> read(database::Statement query);
  int file_each(const std::vector<Unfiled>& records);
  Result<record::CaseRecord> open(const Unfiled& one);
  Result<void> file_one(const Unfiled& one);
  database::Database& database_;
  const HubKeys& keys_;
  Department& department_;
};

}  // namespace bianmin::hub
