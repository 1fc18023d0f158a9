// Questions to the hub that need an answer now, e.g. "how far is this case?".
//
// An ask travels through the journal like everything else: sealed to the hub, answered into the same file,
// sealed to a key that exists only in the memory of the object that asked.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sync/record/messages.hpp"
#include "sync/seal/digest.hpp"
#include "sync/store/journal.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::store {

using AskId = std::int64_t;

enum class AnswerKind {
  answered,  // `state` holds the hub's answer; its stage is unknown for a case or token it does not know
  refused,   // the hub would not answer: `code`
  expired,   // no answer before the deadline: offline
};

struct Answer {
  AnswerKind kind = AnswerKind::expired;
  record::CaseState state;
  std::string code;
};

// A piece of a certificate, or why there is none.
struct PieceAnswer {
  AnswerKind kind = AnswerKind::expired;
  record::CertificatePiece piece;  // of an answered one: personal data, for the caller to wipe
  std::string code;
};

// Thread-bound. Borrows the journal, the enrolment and the clock. Construct one per terminal process: it
// drops what an earlier process asked, because the keys to those answers are gone.
class Asks {
 public:
  Asks(Journal& journal, const Enrolment& enrolment, const Clock& clock);
  ~Asks();
  Asks(const Asks&) = delete;
  Asks& operator=(const Asks&) = delete;

  // Commits the question; wake the agent afterwards (WakeUp). Errors: those of database::Database.
  Result<AskId> ask(const std::string& case_no, const std::string& token, std::int64_t deadline_ms);

  // The same for a piece of the certificate that has come back for the case.
  Result<AskId> ask_piece(const std::string& case_no, const std::string& token, std::uint64_t offset,
                          std::int64_t deadline_ms);

  // Nothing while it is open. An answer is given once; after that, and for an unknown id, it is "expired".
  // Errors: those of database::Database, "seal.cannot_open" and "message.invalid" for a forged answer.
  Result<std::optional<Answer>> answer(AskId id);
  Result<std::optional<PieceAnswer>> piece(AskId id);  // of ask_piece()

  void forget(AskId id);  // the resident has left
  // Of a whole certificate, to compare with what the pieces say of it.
  record::Digest digest(ByteView certificate) const { return enrolment_.profile->digest(certificate); }

 private:
  struct Open {
    seal::PrivateKey reply_key;
    seal::Digest request_digest;
    std::int64_t deadline_steady_ms;
  };
  struct Taken {
    AnswerKind kind = AnswerKind::expired;
    SecretBytes plain = {};
    std::string code = {};
  };
  Result<AskId> put(record::AskRequest request, std::int64_t deadline_ms);
  Result<std::optional<Taken>> take(AskId id);
  Journal& journal_;
  const Enrolment& enrolment_;
  const Clock& clock_;
  std::map<AskId, Open> open_;
};

}  // namespace bianmin::store
