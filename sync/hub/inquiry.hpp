// Answers what terminals want to know about cases.
#pragma once

#include "sync/hub/hub_store.hpp"
#include "sync/record/messages.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows everything.
class Inquiry {
 public:
  Inquiry(database::Database& database, const HubKeys& keys) : database_(database), keys_(keys) {}

  // A slip holder's question (sealed) → its answer (sealed to the key in the question). A wrong token and an
  // unknown case get the same answer. Error "hub.bad_ask" (refuse), those of database::Database.
  Result<Bytes> answer(ByteView sealed_request);

  // A terminal's question about its own cases → a signed list. Error "hub.bad_request" (refuse).
  Result<Bytes> states(std::string_view terminal_id, ByteView case_list);

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
};

}  // namespace bianmin::hub
