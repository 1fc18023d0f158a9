#include "sync/hub/watch/chain_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

namespace {

struct Gap {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::int64_t since_utc_ms = 0;
  bool told = false;
};

Result<void> insert_gap(database::Database& database, const record::Envelope& of, const Gap& gap) {
  auto insert = database.prepare(
      "INSERT INTO gap (terminal_id, epoch, first_seq, last_seq, since_utc_ms, told) VALUES (?, ?, ?, ?, ?, "
      "?)");
  insert.bind(std::string_view(of.terminal_id)).bind(of.epoch).bind(gap.first_seq).bind(gap.last_seq);
  return insert.bind(gap.since_utc_ms).bind(gap.told ? 1 : 0).run();
}

}  // namespace

Result<void> ChainWatch::stored(const record::Envelope& envelope, std::uint64_t head_seq) {
  if (envelope.created_utc_ms > clock_.utc_ms() + clock_tolerance_ms) {
    auto done = note(envelope, "clock",
                     fmt::format("record {} is {} s from the future", envelope.seq,
                                 (envelope.created_utc_ms - clock_.utc_ms()) / 1000));
    if (!done) return done;
  }
  if (envelope.seq <= head_seq) return fill_gap(envelope);
  if (auto done = find_clone(envelope); !done) return done;
  if (envelope.seq == head_seq + 1) return {};
  return open_gap(envelope, head_seq + 1, envelope.seq - 1);
}

Result<void> ChainWatch::contradicted(const record::Envelope& envelope, std::string_view code) {
  auto branch = on_a_branch(envelope);
  if (!branch) return branch.error();
  auto goes_back = starts_at_known_record(envelope);
  if (!goes_back) return goes_back.error();
  if (code == "hub.fork" && *goes_back) {
    return note(envelope, "restored_disk",
                fmt::format("went back to record {} and went on differently", envelope.seq - 1));
  }
  if (*branch) return note(envelope, "restored_disk", fmt::format("record {} of a branch", envelope.seq));
  return note(envelope, code.substr(code.find('.') + 1), fmt::format("record {}", envelope.seq));
}

Result<bool> ChainWatch::on_a_branch(const record::Envelope& envelope) {
  auto query = database_.prepare("SELECT 1 FROM quarantine WHERE digest = ?");
  return query.bind(ByteView(envelope.previous)).step();
}

Result<bool> ChainWatch::starts_at_known_record(const record::Envelope& envelope) {
  if (envelope.seq == 1) return envelope.previous == record::Digest{};
  auto query = database_.prepare("SELECT digest FROM record WHERE terminal_id = ? AND epoch = ? AND seq = ?");
  query.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch).bind(envelope.seq - 1);
  auto row = query.step();
  if (!row || !*row) return row;
  return std::ranges::equal(query.bytes(0), envelope.previous);
}

// The chain grows although a branch of it is in quarantine: somebody else appends to the branch.
Result<void> ChainWatch::find_clone(const record::Envelope& envelope) {
  auto query = database_.prepare(
      "SELECT 1 FROM quarantine WHERE terminal_id = ? AND epoch = ? AND code IN ('hub.fork', "
      "'hub.broken_chain') LIMIT 1");
  auto row = query.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch).step();
  if (!row) return row.error();
  if (!*row) return {};
  return note(envelope, "clone",
              fmt::format("the chain goes on at record {} beside its branch", envelope.seq));
}

Result<void> ChainWatch::open_gap(const record::Envelope& envelope, std::uint64_t first_seq,
                                  std::uint64_t last_seq) {
  return insert_gap(database_, envelope, {first_seq, last_seq, clock_.utc_ms(), false});
}

Result<void> ChainWatch::fill_gap(const record::Envelope& envelope) {
  auto query = database_.prepare(
      "SELECT first_seq, last_seq, since_utc_ms, told FROM gap WHERE terminal_id = ?1 AND epoch = ?2 AND "
      "first_seq <= ?3 AND last_seq >= ?3");
  query.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch);
  auto row = query.bind(envelope.seq).step();
  if (!row) return row.error();
  if (!*row) return {};  // from before gaps were kept
  const Gap gap{query.unsigned_integer(0), query.unsigned_integer(1), query.integer(2),
                query.integer(3) != 0};
  auto remove = database_.prepare("DELETE FROM gap WHERE terminal_id = ? AND epoch = ? AND first_seq = ?");
  remove.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch).bind(gap.first_seq);
  if (auto done = remove.run(); !done) return done;
  for (const Gap& rest : {Gap{gap.first_seq, envelope.seq - 1, gap.since_utc_ms, gap.told},
                          Gap{envelope.seq + 1, gap.last_seq, gap.since_utc_ms, gap.told}}) {
    if (rest.first_seq > rest.last_seq) continue;
    if (auto done = insert_gap(database_, envelope, rest); !done) return done;
  }
  if (!gap.told || gap.first_seq != gap.last_seq) return {};
  return note(envelope, "gap_closed", fmt::format("record {} has come", envelope.seq));
}

Result<int> ChainWatch::look() {
  auto query = database_.prepare(
      "SELECT terminal_id, epoch, first_seq, last_seq FROM gap WHERE told = 0 AND since_utc_ms <= ? LIMIT ?");
  query.bind(clock_.utc_ms() - gap_event_after_ms).bind(events_listed_max);
  std::vector<StayingGap> staying;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    StayingGap one{{}, query.unsigned_integer(2), query.unsigned_integer(3)};
    one.of.terminal_id = query.text(0);
    one.of.epoch = query.unsigned_integer(1);
    staying.push_back(std::move(one));
  }
  int told_count = 0;
  for (const StayingGap& one : staying) {
    auto told = tell(one);
    if (!told) return told.error();
    if (*told) ++told_count;
  }
  return told_count;
}

// Only if nobody has told of it, closed it or made it smaller meanwhile.
Result<bool> ChainWatch::tell(const StayingGap& gap) {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto life = database_.prepare_locking("SELECT epoch FROM enrolment WHERE terminal_id = ? AND epoch = ?");
  auto locked = life.bind(std::string_view(gap.of.terminal_id)).bind(gap.of.epoch).step();
  if (!locked) return locked;
  auto told = database_.prepare(
      "UPDATE gap SET told = 1 WHERE terminal_id = ? AND epoch = ? AND first_seq = ? AND last_seq = ? AND "
      "told = 0");
  told.bind(std::string_view(gap.of.terminal_id)).bind(gap.of.epoch).bind(gap.first_seq);
  if (auto done = told.bind(gap.last_seq).run(); !done) return done.error();
  if (database_.changes() == 0) return false;
  const auto detail = fmt::format("records {} to {} have not come", gap.first_seq, gap.last_seq);
  if (auto done = note(gap.of, "gap", detail); !done) return done.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return true;
}

Result<void> ChainWatch::note(const record::Envelope& envelope, std::string_view kind,
                              std::string_view detail) {
  return note_event(database_, clock_.utc_ms(), {envelope.terminal_id, envelope.epoch}, kind, detail);
}

}  // namespace bianmin::hub
