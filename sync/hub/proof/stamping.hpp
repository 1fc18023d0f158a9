// Has a time stamp authority stamp heads of the hash trees: a hub cannot put a record in, or take one out,
// before the stamp that follows it.
#pragma once

#include <string>

#include "sync/hub/proof/proof_store.hpp"
#include "sync/seal/timestamp.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

// A head is due when so many records, or so much time, lie between it and the newest one that is stamped.
constexpr std::uint64_t stamp_records_max = 10'000;
constexpr std::int64_t stamp_age_max_ms = 60'000;
constexpr std::int64_t stamp_retry_ms = 60'000;           // after a failure
constexpr std::int64_t stamp_clock_gap_max_ms = 300'000;  // between the authority's clock and the hub's

// Who stamps, over whatever way.
class TimeStampAuthority {
 public:
  virtual ~TimeStampAuthority() = default;
  // A TimeStampReq in, the TimeStampResp out, both in DER. Blocks, with a limit of its own.
  virtual Result<Bytes> stamp(ByteView request) = 0;
};

// Thread-bound. Borrows everything. `policy`: an OID, or empty: the authority's own.
class Stamper {
 public:
  Stamper(database::Database& database, TimeStampAuthority& authority, const seal::StampTrust& trust,
          const Clock& clock, std::string policy = {})
      : database_(database),
        authority_(authority),
        trust_(trust),
        clock_(clock),
        policy_(std::move(policy)) {}

  // Stamps what is due, at most one head of each tree; call it after the sequencer. Returns how many. What
  // fails is told to operators once (event time_stamp) and tried again after stamp_retry_ms; nothing waits
  // for it. Errors: those of the authority, of seal::check_stamp and of database::Database.
  Result<int> run();

 private:
  Result<bool> stamp_newest(const seal::Profile& profile);
  Result<Bytes> have_stamped(const StoredHead& head, seal::Stamp& stamp);

  database::Database& database_;
  TimeStampAuthority& authority_;
  const seal::StampTrust& trust_;
  const Clock& clock_;
  std::string policy_;
  bool failing_ = false;
  std::int64_t next_try_ms_ = INT64_MIN;  // by the steady clock
};

}  // namespace bianmin::hub
