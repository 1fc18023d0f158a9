// Takes records in, each exactly once.
//
// Two kinds of "no", because they mean different things to the terminal:
//  - A record that is genuine and in its place in the chain, but of no use (it does not open, or contradicts
//    itself), is kept, and its signed receipt says "refused". The chain goes on.
//  - What is not genuine or contradicts the chain gets no receipt, only an error. A contradiction is kept in
//    quarantine: it means a cloned or restored disk. So is what the terminal's key signed in another profile
//    than the terminal's.
//
// Codes without a receipt: hub.bad_upload, hub.bad_envelope, hub.unknown_profile, hub.bad_signature,
// hub.bad_payload, hub.wrong_terminal, hub.unknown_terminal, hub.denied, hub.downgraded_profile, hub.fork,
// hub.broken_chain.
// Codes in a refused receipt: hub.cannot_open, hub.bad_record, hub.record_mismatch, hub.repeated_record,
// hub.repeated_case, hub.foreign_case_no, hub.bad_case_no, hub.already_rated, hub.bad_person_signature,
// hub.untrusted_signer.
#pragma once

#include "sync/hub/hub_store.hpp"
#include "sync/hub/person_signature.hpp"
#include "sync/record/messages.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows everything. `trust`: whose electronic IDs are believed; null: of none it is known.
class Ingest {
 public:
  Ingest(database::Database& database, const HubKeys& keys, const Clock& clock,
         const seal::TrustList* trust = nullptr)
      : database_(database), keys_(keys), clock_(clock), trust_(trust) {}

  // `terminal_id`: who the certificate says is talking. Returns the signed receipt, after the commit of
  // record and head in one transaction. The same record again returns the receipt of the first time. Errors:
  // the codes above (refuse), and those of database::Database (nothing was taken in: try again).
  Result<Bytes> take(std::string_view terminal_id, ByteView upload);

 private:
  struct Arrival {
    record::Upload upload;
    record::Envelope envelope;
    record::Digest digest{};
    EnrolledTerminal terminal;
    const seal::Profile& profile;  // the terminal's
  };
  Result<Arrival> authenticate(std::string_view terminal_id, ByteView upload);
  bool check_profile(const Arrival& arrival) const;
  Result<std::optional<Bytes>> earlier_receipt(const Arrival& arrival);
  Result<void> check_neighbours(const Arrival& arrival);
  Result<Bytes> commit(const Arrival& arrival, database::Transaction& transaction);
  struct Judged {
    std::string code;  // why no case comes of it; empty when it is good
    std::string_view signature_state = "";
  };
  Result<Judged> judge(const Arrival& arrival, record::CaseRecord& record);
  Result<bool> exists(std::string_view sql, ByteView id);
  Result<bool> exists(std::string_view sql, std::string_view case_no);
  Result<void> insert(const Arrival& arrival, const record::HubReceipt& receipt, ByteView signed_receipt,
                      std::string_view signature_state);
  Error quarantine(const Arrival& arrival, std::string_view code);

  database::Database& database_;
  const HubKeys& keys_;
  const Clock& clock_;
  const seal::TrustList* trust_;
};

}  // namespace bianmin::hub
