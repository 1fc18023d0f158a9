#include "sync/hub/service/renewal.hpp"

#include "sync/hub/store/operator_events.hpp"
#include "sync/record/messages.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::hub {

Result<Authority> load_authority(const std::filesystem::path& folder) {
  auto pem = read_file(folder / "ca.crt", record::certificate_pem_size_max);
  if (!pem) return pem.error();
  auto key = seal::PrivateKey::load(folder / "ca.key");
  if (!key) return key.error();
  return Authority{text_of(*pem), std::move(key).value()};
}

Result<Bytes> Renewal::renew(std::string_view terminal_id, ByteView request) {
  auto asked = record::decode_renew_request(request);
  if (!asked) return Error{Remedy::refuse, "hub.bad_request", {}};
  auto key = seal::PublicKey::from_point(asked->public_key);
  if (!key) return Error{Remedy::refuse, "hub.bad_request", {}};
  if (!key->verify(record::renew_proof(terminal_id, asked->public_key), asked->proof)) {
    return Error{Remedy::refuse, "hub.bad_proof", {}};
  }
  auto certificate = seal::issue_certificate(
      authority_.certificate_pem, authority_.key, *key,
      {std::string(terminal_id), seal::CertificateUse::client, {}, seal::terminal_days});
  if (!certificate) return certificate.error();
  auto noted = note_event(database_, clock_.utc_ms(), {terminal_id}, "certificate_renewed", "a new TLS key");
  if (!noted) return noted.error();
  return record::encode_certificate(*certificate);
}

}  // namespace bianmin::hub
