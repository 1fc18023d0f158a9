// Whether the hub still has what it has signed for.
//
// A hub that is restored from an older copy has lost what it took in since, and terminals hold its receipts.
// It tells, signed, how far it has a life (record::Head); this compares, and what is missing there waits to
// be sent again: the same bytes, in their order. The hub takes each record once, so one too many does no
// harm.
#pragma once

#include <string_view>
#include <vector>

#include "sync/record/messages.hpp"
#include "sync/store/journal.hpp"

namespace bianmin::store {

// What `code` says of the hub: "" nothing new; "hub.went_back": it lost records that it had signed for;
// "hub.contradicts": it has another record in the place of its head, so nothing is sent again by itself, no
// contents from there on are let go of, and operators have to look (retry_dead_letter() sends one again).
struct HubPast {
  std::string_view code;
  std::uint64_t head_seq = 0;
  std::int64_t queued = 0;  // records that wait again
  std::int64_t lost = 0;    // records whose contents are gone here too; the next question tells the hub
};

// As the journal notes it, for staff.
struct NotedPast {
  std::int64_t utc_ms = 0;
  std::uint64_t epoch = 0;
  std::string code;
  std::uint64_t head_seq = 0;
  std::int64_t queued = 0;
  std::int64_t lost = 0;
};

// Thread-bound. Borrows the journal. Errors of all: those of database::Database.
class HubHeads {
 public:
  HubHeads(Journal& journal, seal::PublicKey hub_receipt_key)
      : journal_(journal),
        hub_receipt_key_(std::move(hub_receipt_key)),
        profile_(seal::Profile::of(hub_receipt_key_)) {}

  // One for each life of which there is a receipt, without a nonce: the newest receipt, or one of a record
  // that the hub turned out to have lost; and what is lost here too and has not been told.
  Result<std::vector<record::HeadAsk>> questions();

  // Takes the hub's signed answer to `asked`. All that follows from it is one transaction: records of which
  // the hub has no more wait again, their receipts stay beside (table earlier_receipt), those whose contents
  // are gone are noted (table lost). Errors besides: "message.invalid", "receipt.bad_signature",
  // "head.not_ours" (refuse): nothing was changed.
  Result<HubPast> take(const record::HeadAsk& asked, ByteView signed_head);

  // The newest last; at most `count_max` of the newest. None in a journal that is older than this, and is
  // only looked at.
  static Result<std::vector<NotedPast>> noted(Journal& journal, int count_max);

 private:
  Result<Bytes> receipt_for(std::uint64_t epoch);
  Result<Bytes> newest_receipt(std::uint64_t epoch);
  Result<std::vector<record::SeqRange>> untold(std::uint64_t epoch);
  Result<void> note_told(const record::HeadAsk& asked);
  Result<bool> contradicts(const record::Head& head);
  Result<void> hold(const record::Head& head);
  Result<void> bring_back(const record::Head& head, const record::SeqRange& range, HubPast& past);
  Result<bool> note(const record::Head& head, const HubPast& past);
  bool own(std::uint64_t epoch) const { return epoch == journal_.identity().epoch; }

  Journal& journal_;
  seal::PublicKey hub_receipt_key_;
  seal::ProfilePtr profile_;
};

}  // namespace bianmin::store
