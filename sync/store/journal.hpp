// The journal of one terminal: what is not in it did not happen.
//
// Thread-bound. Terminal and agent each open the file for themselves. It holds sealed records, asks, the
// print ledger and the state of the link; nothing in it tells who a person is. The parts are used through
// RecordWriter, Asks and PrintLedger (terminal) and Outbox (agent).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sync/database/database.hpp"
#include "sync/store/enrolment.hpp"

namespace bianmin::store {

enum class RecordState {
  saved,     // on this disk
  sent,      // the hub has signed for it
  accepted,  // a department has taken it up
  refused,   // the hub keeps it, but no case came of it: an operator has to look
};

std::string_view record_state_name(RecordState state);  // as in the file: "saved", …
RecordState record_state_of(std::string_view name);     // anything else counts as saved

struct CaseProgress {
  RecordState state = RecordState::saved;
  std::int64_t created_utc_ms = 0;
  std::int64_t received_utc_ms = 0;  // 0 until it is sent
  std::string service_id;
  std::string acceptance_no;  // empty until it is accepted
  std::string code;           // why it was refused
};

// How the agent last found the hub.
struct Link {
  bool online = false;
  std::int64_t since_utc_ms = 0;  // 0: the agent has never run
  std::string code;               // why it is offline, e.g. "agent.hub_untrusted"
};

struct Backlog {
  std::int64_t waiting = 0;  // saved, not sent
  std::int64_t refused = 0;
};

class Journal {
 public:
  // Creates the file if there is none. Checks its integrity. Errors: those of database::Database, and
  // "store.other_identity" (refuse) when the file belongs to another terminal or another enrolment.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& path, const Identity& identity,
                                               const database::Options& options = {.check_integrity = true});

  // What this terminal itself knows about a case; nothing when it was handed in elsewhere.
  Result<std::optional<CaseProgress>> find_case(std::string_view case_no);
  Result<Link> link();
  Result<Backlog> backlog();

  const Identity& identity() const { return identity_; }
  database::Database& database() { return *database_; }  // for this folder

 private:
  Journal(std::unique_ptr<database::Database> database, Identity identity)
      : database_(std::move(database)), identity_(std::move(identity)) {}
  Result<void> claim();

  std::unique_ptr<database::Database> database_;
  Identity identity_;
};

}  // namespace bianmin::store
