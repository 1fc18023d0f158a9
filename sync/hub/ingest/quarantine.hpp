// The records that contradict a chain, for operators to look at. They are let out by Ingest::release.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/database/database.hpp"
#include "sync/record/envelope.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

constexpr int quarantine_listed_max = 10'000;

struct Quarantined {
  record::Digest digest{};  // names the record
  std::string terminal_id;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  std::int64_t received_utc_ms = 0;
  std::string code;
  std::int64_t released_utc_ms = 0;  // 0: still inside
  std::string released_by;
  std::string release_reason;
  record::Envelope envelope;
};

// Oldest first, those still inside before those let out.
Result<std::vector<Quarantined>> list_quarantine(database::Database& database);
// `digest`: hexadecimal, or as many first digits of it as are unique. Errors "hub.not_in_quarantine",
// "hub.ambiguous_digest" (refuse).
Result<Quarantined> find_quarantined(database::Database& database, std::string_view digest);
Json to_json(const Quarantined& one);  // no personal data

}  // namespace bianmin::hub
