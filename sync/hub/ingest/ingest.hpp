// Takes records in, each exactly once.
//
// Two kinds of "no", because they mean different things to the terminal:
//  - A record that is genuine and in its place in the chain, but of no use (it does not open, or contradicts
//    itself), is kept, and its signed receipt says "refused". The chain goes on.
//  - What is not genuine or contradicts the chain gets no receipt, only an error. A contradiction is kept in
//    quarantine: it means a cloned or restored disk. All that follows it on its branch goes there too, until
//    an operator lets it out. So does what the terminal's key signed in another profile than the terminal's.
// Each of these, and all that ChainWatch finds, is an operator event.
//
// Several hubs may take records in at once, over one database. What keeps them apart:
//  - The row of the terminal's life in `enrolment` is locked first in each transaction, by take() as by
//    release() and ChainWatch::look(). It protects all that is said of that life: its head, the rows of
//    `record`, `gap`, `quarantine` and `operator_event` under its (terminal, epoch), and its being spare or
//    denied. So the same upload that comes to two hubs at once waits in the second, and gets the receipt of
//    the first. Who needs several lives (ingest_batch.hpp) locks them together, in order.
//  - The keys of `record`, `known_record`, `rated_case` and `case_file` protect what lives have in common: a
//    record id, the rating of a case, a case number, the places of epoch 0. They are written after the life
//    is locked, and one that is taken by then undoes everything: "store.busy", and the terminal sends it
//    again.
//  - A connection that is lost over the commit leaves both possible; sent again, a record gets the receipt of
//    the first time, or its first.
//
// Codes without a receipt: hub.bad_upload, hub.bad_envelope, hub.unknown_profile, hub.bad_signature,
// hub.bad_payload, hub.wrong_terminal, hub.unknown_terminal, hub.denied, hub.downgraded_profile, hub.fork,
// hub.broken_chain, hub.seq_jump (more than seq_jump_max beyond the head).
// Codes in a refused receipt: hub.cannot_open, hub.bad_record, hub.record_mismatch, hub.repeated_record,
// hub.repeated_case, hub.foreign_case_no, hub.bad_case_no, hub.already_rated, hub.bad_person_signature,
// hub.untrusted_signer.
#pragma once

#include "sync/custody/custody.hpp"
#include "sync/departments/department_book.hpp"
#include "sync/hub/ingest/arrival.hpp"
#include "sync/hub/watch/chain_watch.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::uint64_t seq_jump_max = 100'000;  // no journal has lost more records than that

// Who lets a record out of the quarantine, and why.
struct Release {
  std::string operator_name;
  std::string reason;
};

// Thread-bound. Borrows everything. `book`: which department is to get what; null: the register gets
// everything.
class Ingest {
 public:
  Ingest(database::Database& database, const HubKeys& keys, custody::Custody& custody, const Clock& clock,
         const departments::DepartmentBook* book = nullptr)
      : database_(database),
        keys_(keys),
        custody_(custody),
        clock_(clock),
        book_(book),
        chain_(database, clock) {}

  // `terminal_id`: who the certificate says is talking. Returns the signed receipt, after the commit of
  // record and head in one transaction. The same record again returns the receipt of the first time. Errors:
  // the codes above (refuse), and those of database::Database (nothing was taken in: try again).
  Result<Bytes> take(std::string_view terminal_id, ByteView upload);

  // Files a record of the quarantine as a case, after an operator looked at it, and returns its receipt; from
  // then on its terminal gets that receipt too. The same again changes nothing. It is in no chain: it stands
  // in epoch 0. A case has "/2", "/3" … behind its number, because the number belongs to the chain; its slip
  // finds it by its token.
  // Errors (refuse): "hub.not_in_quarantine", "hub.release_unsigned" (no name or no reason),
  // "hub.release_case_first" (it belongs to a case in quarantine), "hub.no_case_of_it" (the detail says why).
  Result<Bytes> release(const record::Digest& digest, const Release& release);

 private:
  struct Known : Arrival {
    EnrolledTerminal terminal;
  };
  Result<Known> authenticate(std::string_view terminal_id, ByteView upload);
  Result<std::optional<Bytes>> earlier_receipt(const Known& arrival);
  Result<void> check_place(const Known& arrival);
  Result<void> check_neighbours(const Known& arrival);
  Result<std::optional<Bytes>> released_receipt(const Known& arrival);
  Result<Bytes> commit(const Known& arrival, database::Transaction& transaction);
  // Of custody's verdict and what else is known here: why no case comes of it, and so on.
  Result<custody::Verdict> judge(const Known& arrival);
  Result<std::string_view> code_of(const Known& arrival, const custody::Verdict& verdict);
  Result<bool> exists(std::string_view sql, ByteView id);
  Result<bool> exists(std::string_view sql, std::string_view case_no);
  // Where a record stands in the table, and under which case number.
  struct Place {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    std::string case_no;
    const departments::DepartmentSettings* department = nullptr;  // null: none, or the register
  };
  // What is written together with the commit.
  using Writes = std::vector<database::Statement>;
  Result<Bytes> store(const Known& arrival, Place place, const custody::Verdict& verdict, Writes& writes);
  void add_good(const Known& arrival, const Place& place, const record::Digest& token_digest,
                std::int64_t received_utc_ms, Writes& writes);
  Result<void> enqueue(const record::Envelope& envelope, const Place& place, std::int64_t received_utc_ms);
  void add_record(const Known& arrival, const Place& place, const record::HubReceipt& receipt,
                  ByteView signed_receipt, std::string_view signature_state, Writes& writes);
  Result<void> open_life(const Known& arrival);
  database::Statement head_move(const Known& arrival);
  Result<void> lock_life(Known& arrival);
  static Result<void> commit_writes(database::Transaction& transaction, Writes& writes);
  Result<void> quarantine(const Known& arrival, std::string_view code);
  Result<Known> quarantined(const record::Digest& digest);
  Result<Place> place_of_released(const record::Envelope& envelope);
  Result<std::string> free_case_no(const std::string& case_no);
  Result<std::string> case_no_of_branch(const record::Envelope& envelope);
  void note_refused(std::string_view terminal_id, std::string_view code);

  database::Database& database_;
  const HubKeys& keys_;
  custody::Custody& custody_;
  const Clock& clock_;
  const departments::DepartmentBook* book_;
  ChainWatch chain_;
};

}  // namespace bianmin::hub
