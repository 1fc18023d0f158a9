#include "sync/store/hub_heads.hpp"

#include <algorithm>

namespace bianmin::store {

namespace {

// Settled at the hub in one way or the other. What it refused to take because of those that are missing
// before it counts too.
constexpr std::string_view settled_states =
    " AND (state IN ('sent', 'accepted') OR state = 'refused' AND (receipt IS NOT NULL OR code = "
    "'hub.seq_jump'))";

Error not_ours() { return {Remedy::refuse, "head.not_ours", "not an answer to this question"}; }

}  // namespace

Result<std::vector<record::HeadAsk>> HubHeads::questions() {
  std::vector<std::uint64_t> epochs{journal_.identity().epoch};
  auto earlier = journal_.database().prepare("SELECT DISTINCT epoch FROM salvaged ORDER BY epoch");
  for (;;) {
    auto row = earlier.step();
    if (!row) return row.error();
    if (!*row) break;
    epochs.push_back(earlier.unsigned_integer(0));
  }
  std::vector<record::HeadAsk> questions;
  for (const std::uint64_t epoch : epochs) {
    auto receipt = receipt_for(epoch);
    if (!receipt) return receipt.error();
    if (receipt->empty()) continue;
    auto lost = untold(epoch);
    if (!lost) return lost.error();
    questions.push_back({epoch, {}, std::move(*receipt), std::move(*lost)});
  }
  return questions;
}

// A hub that has lost something sees it from a receipt that it has forgotten.
Result<Bytes> HubHeads::receipt_for(std::uint64_t epoch) {
  auto untold = journal_.database().prepare(
      "SELECT count(*) FROM hub_past WHERE epoch = ? AND code = 'hub.went_back' AND told = 0");
  auto count = untold.bind(epoch).number();
  if (!count) return count.error();
  if (*count == 0) return newest_receipt(epoch);
  auto forgotten = journal_.database().prepare(
      std::string(
          "SELECT seq, receipt FROM earlier_receipt WHERE epoch = ?1 UNION ALL SELECT r.seq, r.receipt "
          "FROM lost l JOIN ") +
      (own(epoch) ? "record r ON r.seq = l.seq" : "salvaged r ON r.epoch = l.epoch AND r.seq = l.seq") +
      " WHERE l.epoch = ?1 ORDER BY 1 DESC LIMIT 1");
  auto row = forgotten.bind(epoch).step();
  if (!row) return row.error();
  return *row ? Result<Bytes>(forgotten.bytes(1)) : newest_receipt(epoch);
}

// That of the newest record whose contents are kept; otherwise of the newest before those that wait.
Result<Bytes> HubHeads::newest_receipt(std::uint64_t epoch) {
  database::Database& database = journal_.database();
  const std::string from = own(epoch) ? " FROM record WHERE " : " FROM salvaged WHERE epoch = ?1 AND ";
  auto kept = database.prepare("SELECT coalesce(max(seq), 0) FROM kept WHERE epoch = ?").bind(epoch).number();
  if (!kept) return kept.error();
  const std::string which =
      *kept > 0 ? "seq = ?2"
                : "seq < coalesce((SELECT min(seq)" + from + "state = 'saved'), ?2) AND receipt IS NOT NULL";
  auto query = database.prepare("SELECT receipt" + from + which + " AND ?1 > 0 ORDER BY seq DESC LIMIT 1");
  auto row = query.bind(epoch).bind(*kept > 0 ? *kept : INT64_MAX).step();
  if (!row) return row.error();
  return *row ? query.bytes(0) : Bytes();
}

Result<std::vector<record::SeqRange>> HubHeads::untold(std::uint64_t epoch) {
  auto query = journal_.database().prepare("SELECT seq FROM lost WHERE epoch = ? AND told = 0 ORDER BY seq");
  query.bind(epoch);
  std::vector<record::SeqRange> ranges;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return ranges;
    const std::uint64_t seq = query.unsigned_integer(0);
    if (!ranges.empty() && ranges.back().last_seq + 1 == seq) {
      ranges.back().last_seq = seq;
    } else if (ranges.size() < record::head_ranges_max) {
      ranges.push_back({seq, seq});
    } else {
      return ranges;
    }
  }
}

Result<HubPast> HubHeads::take(const record::HeadAsk& asked, ByteView signed_head) {
  auto outer = record::decode_signed(signed_head);
  if (!outer) return outer.error();
  if (!hub_receipt_key_.verify(outer->body, outer->signature)) {
    return Error{Remedy::refuse, "receipt.bad_signature", "not signed by this hub"};
  }
  auto head = record::decode_head(outer->body);
  if (!head) return head.error();
  if (head->terminal_id != journal_.identity().terminal_id || head->epoch != asked.epoch ||
      head->nonce != asked.nonce) {
    return not_ours();
  }
  auto transaction = database::Transaction::begin(journal_.database());
  if (!transaction) return transaction.error();
  if (auto done = note_told(asked); !done) return done.error();
  HubPast past;
  past.head_seq = head->seq;
  auto other = contradicts(*head);
  if (!other) return other.error();
  if (*other) {
    past.code = "hub.contradicts";
    if (auto done = hold(*head); !done) return done.error();
  } else {
    std::vector<record::SeqRange> ranges = head->missing;
    ranges.push_back({head->seq + 1, INT64_MAX});
    for (const record::SeqRange& range : ranges) {
      if (auto done = bring_back(*head, range, past); !done) return done.error();
    }
    if (past.queued + past.lost > 0) past.code = "hub.went_back";
  }
  auto news = past.code.empty() ? Result<bool>(false) : note(*head, past);
  if (!news) return news.error();
  if (!*news) past.code = "";
  if (auto done = transaction->commit(); !done) return done.error();
  return past;
}

Result<void> HubHeads::note_told(const record::HeadAsk& asked) {
  auto past = journal_.database().prepare("UPDATE hub_past SET told = 1 WHERE epoch = ? AND told = 0");
  if (auto done = past.bind(asked.epoch).run(); !done) return done;
  for (const record::SeqRange& range : asked.lost) {
    auto told =
        journal_.database().prepare("UPDATE lost SET told = 1 WHERE epoch = ? AND seq >= ? AND seq <= ?");
    told.bind(asked.epoch).bind(range.first_seq).bind(range.last_seq);
    if (auto done = told.run(); !done) return done;
  }
  return {};
}

// A head beyond this journal's end says nothing here: the hub finds a restored disk itself.
Result<bool> HubHeads::contradicts(const record::Head& head) {
  auto query = journal_.database().prepare(
      own(head.epoch) ? "SELECT envelope FROM record WHERE seq = ?2 AND ?1 > 0"
                      : "SELECT envelope FROM salvaged WHERE epoch = ?1 AND seq = ?2");
  auto row = query.bind(head.epoch).bind(head.seq).step();
  if (!row || !*row) return row;
  return profile_->digest(query.bytes(0)) != head.digest;
}

// What the hub may have lost there stays here until somebody has looked.
Result<void> HubHeads::hold(const record::Head& head) {
  auto forget = journal_.database().prepare("DELETE FROM kept WHERE epoch = ? AND seq >= ?");
  return forget.bind(head.epoch).bind(head.seq).run();
}

Result<void> HubHeads::bring_back(const record::Head& head, const record::SeqRange& range, HubPast& past) {
  database::Database& database = journal_.database();
  const bool own_life = own(head.epoch);
  const std::string rows = std::string(own_life ? " WHERE ?1 > 0" : " WHERE epoch = ?1") +
                           " AND seq >= ?2 AND seq <= ?3" + std::string(settled_states);
  const std::string table = own_life ? "record" : "salvaged";
  const auto run = [&](const std::string& sql) -> Result<std::int64_t> {
    auto statement = database.prepare(sql);
    statement.bind(head.epoch).bind(range.first_seq).bind(range.last_seq);
    if (auto done = statement.run(); !done) return done.error();
    return database.changes();
  };
  auto receipts = run("INSERT OR IGNORE INTO earlier_receipt SELECT ?1, seq, receipt, " +
                      std::string(own_life ? "acceptance_no" : "''") + " FROM " + table + rows +
                      " AND receipt IS NOT NULL AND payload IS NOT NULL");
  if (!receipts) return receipts.error();
  auto lost = run("INSERT OR IGNORE INTO lost (epoch, seq) SELECT ?1, seq FROM " + table + rows +
                  " AND payload IS NULL");
  if (!lost) return lost.error();
  if (auto done = run("DELETE FROM kept WHERE epoch = ?1 AND seq >= ?2 AND seq <= ?3"); !done) {
    return done.error();
  }
  auto queued = run("UPDATE " + table + " SET state = 'saved', code = ''" +
                    std::string(own_life ? ", acceptance_no = ''" : "") + rows + " AND payload IS NOT NULL");
  if (!queued) return queued.error();
  past.lost += *lost;
  past.queued += *queued;
  return {};
}

// False: the same stands there already.
Result<bool> HubHeads::note(const record::Head& head, const HubPast& past) {
  auto last = journal_.database().prepare(
      "SELECT code, head_seq FROM hub_past WHERE epoch = ? ORDER BY id DESC LIMIT 1");
  auto row = last.bind(head.epoch).step();
  if (!row) return row;
  const bool same = *row && last.text(0) == past.code && last.unsigned_integer(1) == head.seq;
  if (same && past.code == "hub.contradicts") return false;
  auto insert = journal_.database().prepare(
      "INSERT INTO hub_past (utc_ms, epoch, code, head_seq, queued, lost) VALUES (?, ?, ?, ?, ?, ?)");
  insert.bind(head.utc_ms).bind(head.epoch).bind(past.code).bind(head.seq).bind(past.queued).bind(past.lost);
  if (auto done = insert.run(); !done) return done.error();
  return true;
}

Result<std::vector<NotedPast>> HubHeads::noted(Journal& journal, int count_max) {
  auto table =
      journal.database().prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'hub_past'").number();
  if (!table) return table.error();
  if (*table == 0) return std::vector<NotedPast>();
  auto query = journal.database().prepare(
      "SELECT utc_ms, epoch, code, head_seq, queued, lost FROM hub_past ORDER BY id DESC LIMIT ?");
  query.bind(count_max);
  std::vector<NotedPast> list;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    list.push_back({query.integer(0), query.unsigned_integer(1), query.text(2), query.unsigned_integer(3),
                    query.integer(4), query.integer(5)});
  }
  std::ranges::reverse(list);
  return list;
}

}  // namespace bianmin::store
