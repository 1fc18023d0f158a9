// Answers what terminals want to know about cases.
#pragma once

#include "sync/custody/custody.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/record/messages.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows everything.
class Inquiry {
 public:
  Inquiry(database::Database& database, const HubKeys& keys, custody::Custody& custody)
      : database_(database), keys_(keys), custody_(custody) {}

  // A slip holder's question (sealed) → its answer (sealed to the key in the question). A wrong token and an
  // unknown case get the same answer. Errors "hub.bad_ask" (refuse), those of database::Database and of
  // Custody.
  Result<Bytes> answer(ByteView sealed_request);

  // A terminal's question about its own cases → a signed list. Error "hub.bad_request" (refuse).
  Result<Bytes> states(std::string_view terminal_id, ByteView case_list);

  // The hub's clock, and its newest seal key, as the terminal's latest life believes them.
  Result<Bytes> time(std::string_view terminal_id, std::int64_t now_utc_ms);
  Result<Bytes> seal_key(std::string_view terminal_id);

 private:
  struct CaseFile {
    record::CaseState state;
    std::string terminal_id;
    Bytes token_digest;
  };
  // Several cases may have one number after a release from quarantine; their slips' tokens tell them apart.
  Result<std::vector<CaseFile>> find(const std::string& case_no);
  Result<const seal::Profile*> profile_of(std::string_view terminal_id, std::string_view case_no);
  database::Database& database_;
  const HubKeys& keys_;
  custody::Custody& custody_;
};

}  // namespace bianmin::hub
