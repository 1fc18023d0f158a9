#include "sync/custody/person_signature.hpp"

#include "sync/record/statement.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::custody {

SignatureVerdict check_person_signature(const record::CaseRecord& record, const seal::TrustList* trust) {
  if (!record.signature) return {};
  auto statement = record::statement_of(record);
  if (!statement) return {.code = "hub.bad_record"};
  const seal::Digest384 digest = seal::sha384(*statement);
  wipe(statement->data(), statement->size());
  const auto& [certificate, signature] = *record.signature;
  if (!seal::verify_digest_signature(certificate, digest, signature))
    return {.code = "hub.bad_person_signature"};
  if (trust == nullptr) return {.state = "valid"};
  // As it was when it was signed: a card that has run out since has signed all the same.
  if (!trust->check(certificate, seal::CardCertificateUse::signing, record.created_utc_ms))
    return {.code = "hub.untrusted_signer"};
  return {.state = "trusted"};
}

}  // namespace bianmin::custody
