#include "sync/store/outbox.hpp"

namespace bianmin::store {

namespace {

Result<Bytes> verified_body(const seal::PublicKey& key, ByteView bytes) {
  auto outer = record::decode_signed(bytes);
  if (!outer) return outer.error();
  if (!key.verify(outer->body, outer->signature)) {
    return Error{Remedy::refuse, "receipt.bad_signature", "not signed by this hub"};
  }
  return std::move(outer->body);
}

}  // namespace

Result<void> Outbox::read_pending(database::Statement query, std::vector<PendingRecord>& records) {
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return {};
    records.push_back({query.unsigned_integer(0),
                       query.unsigned_integer(1),
                       {query.bytes(2), query.bytes(3), query.bytes(4)}});
  }
}

Result<std::vector<PendingRecord>> Outbox::pending(int count_max, std::uint64_t after_seq) {
  std::vector<PendingRecord> records;
  if (after_seq == 0) {
    auto salvaged = journal_.database().prepare(
        "SELECT epoch, seq, envelope, signature, payload FROM salvaged WHERE state = 'saved' ORDER BY epoch, "
        "seq "
        "LIMIT ?");
    salvaged.bind(count_max);
    if (auto read = read_pending(std::move(salvaged), records); !read) return read.error();
  }
  auto own = journal_.database().prepare(
      "SELECT ?, seq, envelope, signature, payload FROM record WHERE state = 'saved' AND seq > ? ORDER BY "
      "seq "
      "LIMIT ?");
  own.bind(journal_.identity().epoch).bind(after_seq).bind(count_max - static_cast<int>(records.size()));
  if (auto read = read_pending(std::move(own), records); !read) return read.error();
  return records;
}

Result<record::HubReceipt> Outbox::settle(ByteView signed_receipt) {
  auto body = verified_body(hub_receipt_key_, signed_receipt);
  if (!body) return body.error();
  auto receipt = record::decode_receipt(*body);
  if (!receipt) return receipt;
  if (auto settled = settle_one(*receipt, signed_receipt); !settled) return settled.error();
  return receipt;
}

Result<void> Outbox::settle_one(const record::HubReceipt& receipt, ByteView signed_receipt) {
  const bool stored = receipt.status == record::ReceiptStatus::stored;
  const bool own = receipt.epoch == journal_.identity().epoch;
  database::Database& database = journal_.database();
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto query = database.prepare(
      own ? "SELECT envelope, state, length(payload) FROM record WHERE seq = ?"
          : "SELECT envelope, state, length(payload) FROM salvaged WHERE seq = ? AND epoch = ?");
  query.bind(receipt.seq);
  if (!own) query.bind(receipt.epoch);
  auto row = query.step();
  if (!row) return row.error();
  if (!*row || receipt.terminal_id != journal_.identity().terminal_id ||
      receipt.envelope_digest != profile_->digest(query.bytes(0))) {
    return Error{Remedy::refuse, "receipt.not_ours", "it names no record of this journal"};
  }
  const std::string state = query.text(1);
  if (state == "sent" || state == "accepted") return {};
  const std::int64_t payload_size = query.integer(2);
  const std::string set = stored ? " SET state = 'sent', code = ?, receipt = ? WHERE seq = ?"
                                 : " SET state = 'refused', code = ?, receipt = ? WHERE seq = ?";
  auto update = database.prepare(own ? "UPDATE record" + set : "UPDATE salvaged" + set + " AND epoch = ?");
  update.bind(std::string_view(stored ? std::string() : receipt.code)).bind(signed_receipt).bind(receipt.seq);
  if (!own) update.bind(receipt.epoch);
  if (auto done = update.run(); !done) return done;
  if (stored) {
    auto kept = database.prepare(
        "INSERT OR REPLACE INTO kept (epoch, seq, size, received_utc_ms) VALUES (?, ?, ?, ?)");
    kept.bind(receipt.epoch).bind(receipt.seq).bind(payload_size).bind(receipt.received_utc_ms);
    if (auto done = kept.run(); !done) return done;
  }
  return transaction->commit();
}

Result<void> Outbox::set_aside(std::uint64_t epoch, std::uint64_t seq, std::string_view code) {
  const bool own = epoch == journal_.identity().epoch;
  auto update = journal_.database().prepare(
      own ? "UPDATE record SET state = 'refused', code = ? WHERE seq = ? AND state = 'saved'"
          : "UPDATE salvaged SET state = 'refused', code = ? WHERE seq = ? AND state = 'saved' AND epoch = "
            "?");
  update.bind(code).bind(seq);
  if (!own) update.bind(epoch);
  return update.run();
}

Result<std::vector<SentCase>> Outbox::unaccepted_cases(int count_max, std::uint64_t after_seq) {
  auto query = journal_.database().prepare(
      "SELECT seq, case_no FROM record WHERE state = 'sent' AND kind = 1 AND seq > ? ORDER BY seq LIMIT ?");
  query.bind(after_seq).bind(count_max);
  std::vector<SentCase> cases;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return cases;
    cases.push_back({query.unsigned_integer(0), query.text(1)});
  }
}

Result<int> Outbox::apply_states(ByteView signed_states) {
  auto body = verified_body(hub_receipt_key_, signed_states);
  if (!body) return body.error();
  auto states = record::decode_states(*body);
  if (!states) return states.error();
  auto transaction = database::Transaction::begin(journal_.database());
  if (!transaction) return transaction.error();
  int accepted_count = 0;
  for (const record::CaseState& state : *states) {
    if (state.stage != record::CaseStage::accepted) continue;
    auto seq = journal_.seq_of_case(state.case_no);
    if (!seq) return seq.error();
    auto update = journal_.database().prepare(
        "UPDATE record SET state = 'accepted', acceptance_no = ? WHERE seq = ? AND state = 'sent'");
    update.bind(std::string_view(state.acceptance_no)).bind(*seq);
    if (auto done = update.run(); !done) return done.error();
    accepted_count += static_cast<int>(journal_.database().changes());
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return accepted_count;
}

Result<std::int64_t> Outbox::read_time(ByteView signed_time) const {
  auto body = verified_body(hub_receipt_key_, signed_time);
  if (!body) return body.error();
  return record::decode_time(*body);
}

Result<std::vector<OpenAsk>> Outbox::open_asks(int count_max, std::int64_t now_steady_ms) {
  auto query = journal_.database().prepare(
      "SELECT id, request, deadline_steady_ms FROM ask WHERE state = 'open' AND deadline_steady_ms > ? ORDER "
      "BY id LIMIT ?");
  query.bind(now_steady_ms).bind(count_max);
  std::vector<OpenAsk> asks;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return asks;
    asks.push_back({query.integer(0), query.bytes(1), query.integer(2)});
  }
}

Result<void> Outbox::put_answer(AskId id, ByteView sealed_answer) {
  auto update = journal_.database().prepare(
      "UPDATE ask SET state = 'answered', answer = ? WHERE id = ? AND state = 'open'");
  return update.bind(sealed_answer).bind(id).run();
}

Result<void> Outbox::refuse_ask(AskId id, std::string_view code) {
  auto update = journal_.database().prepare(
      "UPDATE ask SET state = 'refused', code = ? WHERE id = ? AND state = 'open'");
  return update.bind(code).bind(id).run();
}

Result<void> Outbox::set_link(bool online, std::string_view code, std::int64_t now_utc_ms) {
  auto link = journal_.link();
  if (!link) return link.error();
  const bool same_side = link->since_utc_ms != 0 && link->online == online;
  if (same_side && link->code == code) return {};
  auto write = journal_.database().prepare("INSERT OR REPLACE INTO link VALUES (1, ?, ?, ?)");
  return write.bind(online ? 1 : 0).bind(same_side ? link->since_utc_ms : now_utc_ms).bind(code).run();
}

}  // namespace bianmin::store
