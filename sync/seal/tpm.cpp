#include "sync/seal/tpm.hpp"

#include <openssl/encoder.h>
#include <openssl/pem.h>
#include <openssl/provider.h>

#include "sync/seal/openssl.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::seal {

namespace {

constexpr const char* prefer_tpm = "?provider=tpm2";
constexpr const char* only_tpm = "provider=tpm2";

using EncoderPtr = std::unique_ptr<OSSL_ENCODER_CTX, Freeing<OSSL_ENCODER_CTX_free>>;

Error no_tpm() {
  return {Remedy::call_staff, "key.no_tpm", "no TPM answers through the provider tpm2: " + openssl_errors()};
}

// Null without a TPM: the provider asks it when it is loaded.
std::shared_ptr<OSSL_LIB_CTX> tpm_library() {
  std::shared_ptr<OSSL_LIB_CTX> library(OSSL_LIB_CTX_new(), OSSL_LIB_CTX_free);
  must(library != nullptr);
  for (const char* name : {"default", "tpm2"}) {
    if (OSSL_PROVIDER_load(library.get(), name) == nullptr) return nullptr;  // the library unloads them
  }
  return library;
}

std::shared_ptr<EVP_PKEY> keep(EVP_PKEY* key, std::shared_ptr<OSSL_LIB_CTX> library) {
  return {key, [library](EVP_PKEY* last) { EVP_PKEY_free(last); }};
}

}  // namespace

bool has_tpm() {
  const bool there = tpm_library() != nullptr;
  (void)openssl_errors();
  return there;
}

Result<PrivateKey> load_tpm_key(std::string_view pem) {
  auto library = tpm_library();
  if (library == nullptr) return no_tpm();
  const BioPtr bio = memory_bio(pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, nullptr, nullptr, library.get(), prefer_tpm);
  if (key == nullptr) {
    return Error{Remedy::call_staff, "key.other_machine", "not a key of this TPM: " + openssl_errors()};
  }
  return PrivateKey::adopt(keep(key, library), library.get());
}

Result<PrivateKey> make_tpm_key(const std::filesystem::path& path, const Profile& profile) {
  if (profile.name() != record::profile_international) return no_tpm();
  auto library = tpm_library();
  if (library == nullptr) return no_tpm();
  const auto key = keep(EVP_PKEY_Q_keygen(library.get(), only_tpm, "EC", "P-256"), library);
  if (key == nullptr) return no_tpm();
  const EncoderPtr encoder(
      OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_KEYPAIR, "PEM", "PrivateKeyInfo", only_tpm));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (encoder == nullptr || bio == nullptr || OSSL_ENCODER_to_bio(encoder.get(), bio.get()) != 1)
    return no_tpm();
  if (auto written = write_file_durably(path, view_of(bio_text(bio.get())), 0600); !written)
    return written.error();
  return PrivateKey::adopt(key, library.get());
}

}  // namespace bianmin::seal
