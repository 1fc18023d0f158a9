// Checks a whole journal file without its terminal: chain, signatures, gaps, receipts.
#pragma once

#include <string>
#include <vector>

#include "sync/store/journal.hpp"

namespace bianmin::store {

// One thing that is wrong, with a stable code:
//   journal.gap               a sequence number is missing
//   journal.bad_envelope      an envelope is not canonical, in another profile, or its columns say something
//   else journal.bad_signature     the device key did not sign this envelope journal.broken_chain      an
//   envelope does not hold the digest of the one before journal.bad_payload       a payload is not the one
//   that was signed journal.missing_payload   a payload is gone without a receipt that allows it
//   journal.bad_receipt       a receipt is not the hub's, or is for another record
//   journal.bad_state         a record's state is none of the known ones: it would never be sent
//   journal.repeated_case     two cases have one number
struct JournalProblem {
  std::uint64_t seq = 0;
  std::string_view code;
};

struct JournalReport {
  std::int64_t records = 0;
  std::int64_t waiting = 0;
  std::int64_t refused = 0;
  std::vector<JournalProblem> problems;
  bool clean() const { return problems.empty(); }
};

// Reads only. Errors: those of database::Database.
Result<JournalReport> verify_journal(const std::filesystem::path& path, const seal::PublicKey& device_key,
                                     const seal::PublicKey& hub_receipt_key, const char* vfs = nullptr);

}  // namespace bianmin::store
