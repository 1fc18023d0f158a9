#include "sync/hub/proof/sequencer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/hub/store/many_rows.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "sync/proof/check.hpp"

namespace bianmin::hub {

namespace {

Error damaged_tree(std::string detail) {
  return {Remedy::call_staff, "proof.damaged_tree", std::move(detail)};
}

// The number on the paper: behind it stands "/2" … where one was released from quarantine.
std::string_view number_on_slip(std::string_view case_no) { return case_no.substr(0, case_no.find('/')); }

}  // namespace

Result<int> Sequencer::run(int batches_max) {
  int appended_count = 0;
  for (int batch = 0; batch < batches_max; ++batch) {
    auto waits = anything_waits();
    if (!waits) return waits.error();
    if (!*waits) break;
    auto count = append_batch();
    if (!count) {
      if (count.error().code.starts_with("proof.")) {
        (void)note_event(database_, clock_.utc_ms(), {""}, "damaged_tree", count.error().text());
      }
      return count;
    }
    appended_count += *count;
  }
  return appended_count;
}

Result<bool> Sequencer::anything_waits() {
  return database_.prepare("SELECT 1 FROM record WHERE proven = 0 LIMIT 1").step();
}

Result<int> Sequencer::append_batch() {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto locked = lock_trees(); !locked) return locked.error();
  auto waiting = find_waiting();
  if (!waiting) return waiting.error();
  int count = 0;
  for (const auto& [profile, records] : *waiting) {
    if (auto done = extend(*profile, records); !done) return done.error();
    count += static_cast<int>(records.size());
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return count;
}

// In one order everywhere, so that two processes never wait for each other. The update changes nothing: it is
// how any database locks a row.
Result<void> Sequencer::lock_trees() {
  for (const std::string_view name : seal::profile_names) {
    auto make = database_.prepare(
        "INSERT INTO proof_tree (profile, size) VALUES (?, 0) ON CONFLICT (profile) DO NOTHING");
    if (auto done = make.bind(name).run(); !done) return done;
    auto lock = database_.prepare("UPDATE proof_tree SET size = size WHERE profile = ?");
    if (auto done = lock.bind(name).run(); !done) return done;
  }
  return {};
}

Result<Sequencer::WaitingOf> Sequencer::find_waiting() {
  auto query = database_.prepare(
      "SELECT r.terminal_id, r.epoch, r.seq, r.envelope, r.receipt, r.case_no, c.token_digest "
      "FROM record r LEFT JOIN case_file c ON c.case_no = r.case_no AND r.kind = 1 AND r.code = '' "
      "WHERE r.proven = 0 ORDER BY r.received_utc_ms, r.terminal_id, r.epoch, r.seq LIMIT ?");
  query.bind(sequence_batch_max);
  WaitingOf waiting;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return waiting;
    auto envelope = record::decode_envelope(query.bytes(3));
    auto receipt = record::decode_signed(query.bytes(4));
    const seal::Profile* profile = envelope ? keys_.profile(envelope->profile) : nullptr;
    if (profile == nullptr || !receipt) {
      return damaged_tree(fmt::format("record {} of {}", query.integer(2), query.text(0)));
    }
    Waiting one{
        query.text(0), query.unsigned_integer(1), query.unsigned_integer(2), {std::move(receipt->body), {}}};
    if (!query.is_null(6)) {
      const std::string case_no = query.text(5);
      const proof::Hash mark = proof::slip_mark(*profile, number_on_slip(case_no), query.bytes(6));
      one.leaf.mark.assign(mark.begin(), mark.end());
    }
    waiting[profile].push_back(std::move(one));
  }
}

Result<void> Sequencer::extend(const seal::Profile& profile, const std::vector<Waiting>& waiting) {
  auto query = database_.prepare("SELECT size FROM proof_tree WHERE profile = ?");
  auto number = query.bind(profile.name()).number();
  if (!number) return number.error();
  const auto size = static_cast<std::uint64_t>(*number);
  TreeTiles tiles(database_, profile);
  proof::Tree tree(profile, tiles);
  auto last_utc_ms = check_tree(profile, tree, size);
  if (!last_utc_ms) return last_utc_ms.error();
  if (auto done = keep_leaves(profile, size, waiting); !done) return done;
  std::vector<proof::Hash> hashes;
  for (const Waiting& one : waiting) {
    hashes.push_back(proof::leaf_hash(profile, proof::encode(one.leaf)));
  }
  auto changed = tree.append(size, hashes);
  if (!changed) return changed.error();
  if (auto done = tiles.keep(*changed); !done) return done;
  auto root = tree.root(size + hashes.size());
  if (!root) return root.error();
  return keep_head(profile, {size + hashes.size(), *root}, std::max(*last_utc_ms, clock_.utc_ms()));
}

// Whether the tree still is what was signed last. Returns when that was.
Result<std::int64_t> Sequencer::check_tree(const seal::Profile& profile, proof::Tree& tree,
                                           std::uint64_t size) {
  auto last = newest_head(database_, profile);
  if (!last) return last.error();
  if (!*last && size == 0) return std::int64_t{0};
  if (!*last || (*last)->size != size) return damaged_tree("its size is not the last head's");
  auto head = proof::check_head((*last)->head, keys_.receipt_key(profile));
  if (!head) return damaged_tree(fmt::format("the last head: {}", head.error().text()));
  auto root = tree.root(size);
  if (!root) return root.error();
  if (head->tree.size != size || head->tree.root != *root) return damaged_tree("another root than signed");
  return head->utc_ms;
}

Result<void> Sequencer::keep_leaves(const seal::Profile& profile, std::uint64_t first,
                                    const std::vector<Waiting>& waiting) {
  const auto place = [](database::Statement& row, const Waiting& one) -> database::Statement& {
    return row.bind(std::string_view(one.terminal_id)).bind(one.epoch).bind(one.seq);
  };
  std::uint64_t position = first;
  auto kept = insert_rows<Waiting>(
      database_, "INSERT INTO proof_leaf (profile, position, terminal_id, epoch, seq, mark)", 6, waiting,
      [&](database::Statement& row, const Waiting& one) {
        place(row.bind(profile.name()).bind(position++), one);
        one.leaf.mark.empty() ? row.bind_null() : row.bind(ByteView(one.leaf.mark));
      });
  if (!kept) return kept.error();
  if (*kept != static_cast<std::int64_t>(waiting.size())) return damaged_tree("a leaf has its place already");
  for (std::span<const Waiting> left = waiting; !left.empty();) {
    const std::size_t count = rows_of_next_statement(left.size());
    auto proven =
        database_.prepare("UPDATE record SET proven = 1 WHERE (terminal_id, epoch, seq) IN (VALUES " +
                          value_list(count, 3) + ")");
    for (const Waiting& one : left.first(count)) place(proven, one);
    if (auto done = proven.run(); !done) return done;
    left = left.subspan(count);
  }
  return {};
}

Result<void> Sequencer::keep_head(const seal::Profile& profile, const proof::TreeOf& tree,
                                  std::int64_t utc_ms) {
  auto grown = database_.prepare("UPDATE proof_tree SET size = ? WHERE profile = ?");
  if (auto done = grown.bind(tree.size).bind(profile.name()).run(); !done) return done;
  const proof::Hash key = proof::key_digest(profile, keys_.receipt_key(profile));
  const Bytes body = proof::encode(proof::TreeHead{std::string(profile.name()), tree, utc_ms, key});
  auto head =
      database_.prepare("INSERT INTO proof_head (profile, size, signed_utc_ms, head) VALUES (?, ?, ?, ?)");
  head.bind(profile.name()).bind(tree.size).bind(utc_ms);
  return head.bind(ByteView(keys_.sign(profile, body))).run();
}

}  // namespace bianmin::hub
