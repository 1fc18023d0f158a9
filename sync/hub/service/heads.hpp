// Tells a terminal how far the hub has its records, and finds out from what the terminal holds whether the
// hub has lost some: after it was restored from an older copy.
//
// Operator events:
//   went_back     a terminal holds this hub's own signature for a record that is not here, or that has
//   another
//                 in its place: the hub was restored, and records are missing until terminals have sent them
//   lost_records  and their contents are gone at the terminal too: the gap stays
// The terminal is believed only with the hub's own signature on a receipt; what it says beyond that opens
// nothing: a gap is a gap whether it was told of or not (chain_watch.hpp).
#pragma once

#include "sync/hub/store/hub_store.hpp"
#include "sync/record/messages.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows everything.
class Heads {
 public:
  Heads(database::Database& database, const HubKeys& keys, const Clock& clock)
      : database_(database), keys_(keys), clock_(clock) {}

  // Returns the signed head of the life that is asked for. Errors: "hub.bad_request" (refuse): not canonical,
  // or a receipt that this hub did not sign for this life; "hub.unknown_life" (refuse); those of
  // database::Database.
  Result<Bytes> answer(std::string_view terminal_id, ByteView ask);

 private:
  Result<record::Head> head_of(std::string_view terminal_id, const record::HeadAsk& ask);
  Result<void> compare(std::string_view terminal_id, const record::HeadAsk& ask,
                       const record::HubReceipt& receipt);
  Result<bool> remembers(const record::HubReceipt& receipt, ByteView signed_receipt);

  database::Database& database_;
  const HubKeys& keys_;
  const Clock& clock_;
};

}  // namespace bianmin::hub
