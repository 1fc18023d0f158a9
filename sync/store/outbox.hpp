// The agent's side of the journal: what has to go to the hub, and what came back.
#pragma once

#include <string>
#include <vector>

#include "sync/record/messages.hpp"
#include "sync/store/asks.hpp"
#include "sync/store/journal.hpp"

namespace bianmin::store {

struct PendingRecord {
  std::uint64_t epoch = 0;  // an earlier life's when it was salvaged from a damaged journal
  std::uint64_t seq = 0;
  record::Upload upload;
};

struct SentCase {
  std::uint64_t seq = 0;
  std::string case_no;
};

struct OpenAsk {
  AskId id = 0;
  Bytes request;  // sealed
  std::int64_t deadline_steady_ms = 0;
};

// Thread-bound. Borrows the journal. Every method commits before it returns.
class Outbox {
 public:
  Outbox(Journal& journal, seal::PublicKey hub_receipt_key)
      : journal_(journal),
        hub_receipt_key_(std::move(hub_receipt_key)),
        profile_(seal::Profile::of(hub_receipt_key_)) {}

  // Saved and not sent, in order, with seq > after_seq; unless that is given, salvaged records of earlier
  // lives come first.
  Result<std::vector<PendingRecord>> pending(int count_max, std::uint64_t after_seq = 0);

  // Takes the hub's signed receipt as it came. Only one that verifies, and that names exactly the envelope in
  // this journal, settles a record: from then on its payload is kept only for a while (kept_payloads.hpp),
  // that of one that says "refused" for good. The same receipt again changes nothing. Errors:
  // "message.invalid", "receipt.bad_signature", "receipt.not_ours" (refuse): nothing was changed.
  Result<record::HubReceipt> settle(ByteView signed_receipt);

  const seal::PublicKey& hub_receipt_key() const { return hub_receipt_key_; }

  // The hub will never take this one: keep it with the hub's code, and let the next ones pass.
  Result<void> set_aside(std::uint64_t epoch, std::uint64_t seq, std::string_view code);

  // Sent and not accepted, in order, with seq > after_seq.
  Result<std::vector<SentCase>> unaccepted_cases(int count_max, std::uint64_t after_seq = 0);
  // Takes the hub's signed statement about own cases; returns how many are newly accepted.
  Result<int> apply_states(ByteView signed_states);

  // The hub's clock, out of its signed reply.
  Result<std::int64_t> read_time(ByteView signed_time) const;

  Result<std::vector<OpenAsk>> open_asks(int count_max, std::int64_t now_steady_ms);
  Result<void> put_answer(AskId id, ByteView sealed_answer);
  Result<void> refuse_ask(AskId id, std::string_view code);

  // Writes only when something changed; `since` is when it did.
  Result<void> set_link(bool online, std::string_view code, std::int64_t now_utc_ms);

 private:
  Result<void> read_pending(database::Statement query, std::vector<PendingRecord>& records);
  Result<void> settle_one(const record::HubReceipt& receipt, ByteView signed_receipt);
  Journal& journal_;
  seal::PublicKey hub_receipt_key_;
  seal::ProfilePtr profile_;
};

}  // namespace bianmin::store
