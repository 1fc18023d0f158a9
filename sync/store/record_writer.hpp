// Saves records: the moment after which a resident may be told "saved".
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "sync/record/envelope.hpp"
#include "sync/store/journal.hpp"

namespace bianmin::store {

struct Saved {
  std::string case_no;    // canonical digits; record::format_case_no() for people
  std::uint64_t seq = 0;  // of the first record, when a document became several
};

constexpr std::size_t repeats_known = 256;

// The random parts of a new case: the record's id and the slip's token.
struct FreshIds {
  record::RecordId id;
  std::string token;
};
FreshIds fresh_ids();

// Thread-bound. Borrows the journal and the enrolment.
class RecordWriter {
 public:
  RecordWriter(Journal& journal, const Enrolment& enrolment) : journal_(journal), enrolment_(enrolment) {}

  // Gives a new case its number, encodes, seals to the hub, chains, signs and commits, in one transaction:
  // when this returns a value, the record is on the disk and will be sent. An id that is one of the last
  // repeats_known records changes nothing and returns what was saved then, so a caller that got an error may
  // simply call again. A document that is too large for one record becomes several, all or none.
  // `record.case_no`: empty for a case, canonical for all else. `record.terminal_id` is set here.
  // Blocks for one disk commit (milliseconds; up to the busy wait when the agent writes).
  // Errors: "record.invalid", "record.document_too_large", "case_no.*" (refuse), and those of
  // database::Database: nothing was saved then.
  Result<Saved> save(record::CaseRecord record);

  // Does ahead the costly half of the next save()'s sealing, once: 0.1 ms, with 国密 1 ms. Call it when a
  // save is told and the loop is idle; without it save() does it itself.
  void prepare();

 private:
  struct Head {
    std::uint64_t seq = 0;
    record::Digest digest{};
    std::uint32_t case_count = 0;
  };
  struct Known {
    record::RecordId id;
    Saved saved;
  };
  Result<void> look_at_head();
  Result<seal::PreparedSeal> take_sealing();
  // `head`: the one before, with the record's case counted; it becomes the record's.
  Result<void> append(const record::CaseRecord& record, Head& head);

  Journal& journal_;
  const Enrolment& enrolment_;
  std::optional<Head> head_;  // as this writer left the journal, or found it
  std::deque<Known> known_;   // the last ones, the newest last
  std::optional<seal::PreparedSeal> prepared_;
};

}  // namespace bianmin::store
