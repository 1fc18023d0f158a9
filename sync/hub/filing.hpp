// Passes what was ingested on to the department.
#pragma once

#include "sync/hub/department.hpp"
#include "sync/hub/hub_store.hpp"

namespace bianmin::hub {

constexpr int filing_batch = 100;

// Thread-bound. Borrows everything.
class Filing {
 public:
  Filing(database::Database& database, const HubKeys& keys, Department& department)
      : database_(database), keys_(keys), department_(department) {}

  // Files up to filing_batch records that no department has yet; returns how many were filed. Call it after
  // each ingest and at start: whatever a crash left behind is found. A record the department fails on stays
  // for the next call and does not hold up the others.
  Result<int> file_new();

 private:
  Result<void> file_one(std::int64_t row_id, const record::RecordId& id, ByteView payload);
  database::Database& database_;
  const HubKeys& keys_;
  Department& department_;
};

}  // namespace bianmin::hub
