// Who may open what is sealed to the hub, and what the others are told of it.
//
// The hub's opening keys are in one place. Who takes records in asks it whether a record is good, and never
// sees what is in it; who files a record with a department, and operators, ask for its content and say what
// for. Implementations: LocalCustody (has the keys), LoggedCustody (tells of it),
// CustodyClient (asks another process).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sync/record/case_record.hpp"
#include "sync/record/envelope.hpp"
#include "sync/record/messages.hpp"
#include "sync/seal/numbered_key.hpp"
#include "sync/seal/profile.hpp"

namespace bianmin::custody {

struct SealedRecord {
  const record::Envelope& envelope;  // believed: its signature was checked
  ByteView payload;
};

// What may be said of a record to who must not read it.
struct Verdict {
  // Why no case can come of it: hub.cannot_open, hub.bad_record, hub.record_mismatch, hub.bad_case_no; empty
  // when it is good.
  std::string code;
  std::string signature_code;     // of the person's signature alone: hub.bad_person_signature, …
  std::string signature_state;    // "" none, "valid", "trusted"
  record::Digest token_digest{};  // SHA-256 of the token on the case's slip
};

// A question about a case, from whoever holds its slip.
struct OpenedAsk {
  std::string profile;
  std::string case_no;
  record::Digest token_digest{};
  Bytes reply_key;  // a point
  record::AskForm form = record::AskForm::first;
  std::uint64_t offset = 0;  // of the piece that is wanted
};

// Thread-bound. Blocks for as long as the opening takes.
class Custody {
 public:
  virtual ~Custody() = default;
  // One verdict for each record. Errors, of all of them: "custody.away" (retry later).
  virtual Result<std::vector<Verdict>> judge(std::span<const SealedRecord> records) = 0;
  // Errors "hub.bad_ask" (refuse), "custody.away".
  virtual Result<OpenedAsk> open_ask(ByteView sealed) = 0;
  // The answer to an ask for a piece, out of its case's sealed certificate: sealed to the key in the ask, so
  // that who carries it on never sees it. `whom`: the terminal.
  // Errors "hub.bad_ask" (refuse): no ask for a piece, or there is none at that offset; "seal.cannot_open"
  // (refuse): it is not this case's certificate, or the ask has not the token of its slip; "custody.away".
  virtual Result<Bytes> hand_out(ByteView sealed_ask, ByteView sealed_certificate, std::string_view whom) = 0;
};

// Why somebody wants to read a record.
struct Reason {
  std::string purpose;  // "filing", "case", "document", …
  std::string whom;     // the department's name, or the operator's
};

// Thread-bound. Blocks for as long as the opening takes.
class RecordOpener {
 public:
  virtual ~RecordOpener() = default;
  // Personal data. Errors "seal.cannot_open", "record.invalid" (refuse), "custody.away" (retry later).
  virtual Result<record::CaseRecord> open_record(const record::RecordId& id, ByteView sealed,
                                                 const Reason& reason) = 0;
  // What a department has issued over a case, sealed for seal::Purpose::certificate. `aad`: certificate_aad()
  // (sealer.hpp). Personal data. Errors "seal.cannot_open" (refuse), "custody.away".
  virtual Result<SecretBytes> open_certificate(ByteView aad, ByteView sealed, const Reason& reason) = 0;
  // The newest key that there is an opening key for: what is sealed to the hub is sealed to this one. No
  // opening. Error "custody.away".
  virtual Result<seal::NumberedKey> newest_key(const seal::Profile& profile) = 0;
};

}  // namespace bianmin::custody
