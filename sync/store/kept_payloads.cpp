#include "sync/store/kept_payloads.hpp"

#include <vector>

namespace bianmin::store {

namespace {

struct Kept {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
};

Result<std::vector<Kept>> beyond(Journal& journal, const KeptLimits& limits, std::int64_t now_utc_ms) {
  auto total = kept_bytes(journal);
  if (!total) return total.error();
  auto query = journal.database().prepare(
      "SELECT epoch, seq, size, received_utc_ms FROM kept ORDER BY received_utc_ms, epoch, seq LIMIT ?");
  query.bind(kept_step);
  std::vector<Kept> gone;
  for (std::int64_t bytes = *total;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return gone;
    const bool old = now_utc_ms - query.integer(3) > limits.age_ms_max;
    if (!old && bytes <= limits.bytes_max) return gone;
    bytes -= query.integer(2);
    gone.push_back({query.unsigned_integer(0), query.unsigned_integer(1)});
  }
}

}  // namespace

Result<std::int64_t> kept_bytes(Journal& journal) {
  return journal.database().prepare("SELECT bytes FROM kept_total").number();
}

Result<int> let_go_of_kept(Journal& journal, const KeptLimits& limits, std::int64_t now_utc_ms) {
  database::Database& database = journal.database();
  auto any = beyond(journal, limits, now_utc_ms);
  if (!any) return any.error();
  if (any->empty()) return 0;
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto gone = beyond(journal, limits, now_utc_ms);
  if (!gone) return gone.error();
  for (const Kept& one : *gone) {
    const bool own = one.epoch == journal.identity().epoch;
    // One that waits again is not kept, it is needed.
    auto drop = database.prepare(own ? "UPDATE record SET payload = NULL WHERE seq = ? AND state IN ('sent', "
                                       "'accepted')"
                                     : "UPDATE salvaged SET payload = NULL WHERE seq = ? AND epoch = ? AND "
                                       "state IN ('sent', 'accepted')");
    drop.bind(one.seq);
    if (!own) drop.bind(one.epoch);
    if (auto done = drop.run(); !done) return done.error();
    auto forget = database.prepare("DELETE FROM kept WHERE epoch = ? AND seq = ?");
    if (auto done = forget.bind(one.epoch).bind(one.seq).run(); !done) return done.error();
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return static_cast<int>(gone->size());
}

}  // namespace bianmin::store
