// What is in a hub's database, counted there and not in any counter.
#pragma once

#include "sync/custody/custody.hpp"
#include "sync/database/database.hpp"
#include "sync/record/case_record.hpp"
#include "sync/record/messages.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

struct HubReport {
  std::int64_t records = 0;  // stored, of all kinds
  std::int64_t cases = 0;
  std::int64_t ratings = 0;
  std::int64_t documents = 0;
  std::int64_t accepted = 0;    // cases a department has accepted
  std::int64_t duplicates = 0;  // stored records beyond the first with one record id, or with one case number
  std::int64_t gaps = 0;        // missing sequence numbers below each terminal's highest
  std::int64_t signed_cases = 0;  // stored cases that their person signed with an electronic ID
  std::int64_t refused = 0;
  std::int64_t quarantined = 0;
  std::int64_t forks = 0;      // of those in quarantine: branches of a chain
  std::int64_t released = 0;   // of those in quarantine: let out by an operator
  std::int64_t events = 0;     // for operators
  std::int64_t terminals = 0;  // lives that have begun
};

Result<HubReport> make_report(database::Database& database);
Json to_json(const HubReport& report);

// For operators; no personal data. Error "hub.no_such_case" (refuse).
Result<Json> describe_case(database::Database& database, std::string_view case_no);

// The file that was handed out last over a case, from the department's register. Personal data.
// Errors "hub.no_document", "hub.document_unfinished": parts of it are still on their way;
// those of RecordOpener.
Result<record::Document> find_document(database::Database& database, custody::RecordOpener& opener,
                                       const custody::Reason& reason, std::string_view case_no);

}  // namespace bianmin::hub
