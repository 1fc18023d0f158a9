// Answers what terminals want to know about cases.
#pragma once

#include <optional>

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
  // unknown case get the same answer. Who asks for a certificate gets it a piece at a time, out of custody
  // and sealed: it is never plain here; `terminal_id` stands in the list of openings, and in an operator
  // event once for each first piece. Errors "hub.bad_ask", "hub.no_certificate" (refuse: none, or not for
  // this token), those of database::Database and of Custody.
  Result<Bytes> answer(std::string_view terminal_id, ByteView sealed_request, std::int64_t now_utc_ms);

  // A terminal's question about its own cases → a signed list. Error "hub.bad_request" (refuse).
  Result<Bytes> states(std::string_view terminal_id, ByteView case_list);

  // The hub's clock, and its newest seal key, as the terminal's latest life believes them.
  Result<Bytes> time(std::string_view terminal_id, std::int64_t now_utc_ms);
  Result<Bytes> seal_key(std::string_view terminal_id);

 private:
  struct CaseFile {
    std::string name;  // its case number, and behind it what tells it from another of that number
    record::CaseState state;
    std::string terminal_id;
    Bytes token_digest;
  };
  // Several cases may have one number after a release from quarantine; their slips' tokens tell them apart.
  Result<std::vector<CaseFile>> find(const std::string& case_no);
  Result<std::optional<CaseFile>> find(const custody::OpenedAsk& ask);
  Result<std::uint64_t> certificate_size(const CaseFile& file);
  Result<Bytes> hand_out(std::string_view terminal_id, ByteView sealed_request, const custody::OpenedAsk& ask,
                         const CaseFile& file, std::int64_t now_utc_ms);
  Result<const seal::Profile*> profile_of(std::string_view terminal_id, std::string_view case_no);
  database::Database& database_;
  const HubKeys& keys_;
  custody::Custody& custody_;
};

}  // namespace bianmin::hub
