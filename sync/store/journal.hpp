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
#include "terminal/base/files.hpp"

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

// That this journal took the place of a damaged one.
struct Replacement {
  std::uint64_t epoch_before = 0;
  std::string reason;                 // the code that the damaged one gave
  std::int64_t salvaged_records = 0;  // of all earlier lives, in whatever state
};

class Journal {
 public:
  // Creates the file if there is none. Checks its integrity. Errors: those of database::Database, and
  // "store.other_identity" (refuse) when the file belongs to another terminal or another enrolment.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& path, const Identity& identity,
                                               const database::Options& options = {.check_integrity = true});
  // To look at it, whoever else has it open, and whatever state it is in: nothing is made, mended or claimed.
  // Errors: those of database::Database.
  static Result<std::unique_ptr<Journal>> open_to_look(const std::filesystem::path& path,
                                                       const char* vfs = nullptr);

  // What this terminal itself knows about a case; nothing when it was handed in elsewhere.
  Result<std::optional<CaseProgress>> find_case(std::string_view case_no);
  // Where a case of this life stands in the journal; 0 when it is not one.
  Result<std::uint64_t> seq_of_case(std::string_view case_no);
  Result<Link> link();
  Result<Backlog> backlog();
  // Nothing when no journal of this terminal was ever damaged.
  Result<std::optional<Replacement>> replacement();
  Result<void> note_replacement(const Replacement& replacement);

  const Identity& identity() const { return identity_; }
  const std::filesystem::path& path() const { return path_; }
  database::Database& database() { return *database_; }  // for this folder

  // While it is open nobody replaces the file. Another process may need that, because it found it damaged:
  // then this is true, and the one who has it open ends as soon as nobody is hurt by that.
  bool has_to_close() const;
  // For open_journal(): `lock` is held as long as this lives, `wish` is the file that says has_to_close().
  void hold(FileDescriptor lock, std::filesystem::path wish);

 private:
  Journal(std::unique_ptr<database::Database> database, Identity identity, std::filesystem::path path)
      : database_(std::move(database)), identity_(std::move(identity)), path_(std::move(path)) {}
  Result<void> claim();

  std::unique_ptr<database::Database> database_;
  Identity identity_;
  const std::filesystem::path path_;
  std::filesystem::path wish_;
  FileDescriptor lock_;
};

}  // namespace bianmin::store
