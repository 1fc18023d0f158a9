// Tells from the order in which records arrive what has happened to a terminal: a restored disk, a clone, a
// gap that stays. Its findings are operator events; it refuses nothing itself.
#pragma once

#include "sync/database/database.hpp"
#include "sync/record/envelope.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::int64_t gap_event_after_ms =
    3'600'000;  // records that come in order do not leave one for long
constexpr std::int64_t clock_tolerance_ms = 10 * 60'000;  // how far in the future a record may be

// Thread-bound. Borrows everything. All but look() run inside the caller's transaction, which has locked the
// life (ingest.hpp).
class ChainWatch {
 public:
  ChainWatch(database::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Before `envelope` moves the head from `head_seq`.
  Result<void> stored(const record::Envelope& envelope, std::uint64_t head_seq);
  // `envelope` contradicts the chain, for `code`; before it goes to quarantine.
  Result<void> contradicted(const record::Envelope& envelope, std::string_view code);
  // Whether the record before this one is in quarantine: then this one belongs to the same branch.
  Result<bool> on_a_branch(const record::Envelope& envelope);
  // Tells of the gaps that have stayed, each once, however many hubs look. Call now and then; returns how
  // many there were.
  Result<int> look();

 private:
  struct StayingGap {
    record::Envelope of;
    std::uint64_t first_seq;
    std::uint64_t last_seq;
  };
  Result<bool> tell(const StayingGap& gap);
  Result<void> note(const record::Envelope& envelope, std::string_view kind, std::string_view detail);
  Result<void> open_gap(const record::Envelope& envelope, std::uint64_t first_seq, std::uint64_t last_seq);
  Result<void> fill_gap(const record::Envelope& envelope);
  Result<void> find_clone(const record::Envelope& envelope);
  Result<bool> starts_at_known_record(const record::Envelope& envelope);

  database::Database& database_;
  const Clock& clock_;
};

}  // namespace bianmin::hub
