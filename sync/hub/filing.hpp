// Passes what was ingested on to the register that comes with the hub, on the thread of who took it in. What
// the book of departments sends elsewhere waits in a queue (filing_queue.hpp). Two hubs may file the same
// record at once: the register gives both the same acceptance.
#pragma once

#include "sync/hub/unfiled.hpp"

namespace bianmin::hub {

constexpr int filing_batch = 100;  // held in memory at once
constexpr int filing_latest = 4;

// Thread-bound. Borrows everything.
class Filing {
 public:
  Filing(database::Database& database, const HubKeys& keys, departments::Department& department)
      : database_(database), keys_(keys), department_(department) {}

  // Right after an ingest: files the newest ones of that terminal that no department has yet. Returns how
  // many were filed.
  Result<int> file_latest(std::string_view terminal_id);
  // Tries every record that is not filed yet once: at start, for what a crash left behind, and from time to
  // time, for what a department failed on. One that fails does not hold up the others.
  Result<int> file_all();

 private:
  static Result<std::vector<Unfiled>> read(database::Statement query);
  int file_each(const std::vector<Unfiled>& records);
  Result<void> file_one(const Unfiled& one);
  database::Database& database_;
  const HubKeys& keys_;
  departments::Department& department_;
};

}  // namespace bianmin::hub
