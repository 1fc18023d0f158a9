#include "sync/seal/tpm.hpp"

#include <openssl/encoder.h>
#include <openssl/pem.h>
#include <openssl/provider.h>

#include <vector>

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

// A library context with the providers in it; freeing the context alone would leave them loaded.
class TpmLibrary {
 public:
  TpmLibrary() : library_(OSSL_LIB_CTX_new()) {
    must(library_ != nullptr);
    for (const char* name : {"default", "tpm2"}) {
      OSSL_PROVIDER* provider = OSSL_PROVIDER_load(library_, name);
      if (provider == nullptr) return;
      providers_.push_back(provider);
    }
  }
  ~TpmLibrary() {
    while (!providers_.empty()) {
      OSSL_PROVIDER_unload(providers_.back());
      providers_.pop_back();
    }
    OSSL_LIB_CTX_free(library_);
  }
  TpmLibrary(const TpmLibrary&) = delete;
  TpmLibrary& operator=(const TpmLibrary&) = delete;
  bool complete() const { return providers_.size() == 2; }
  OSSL_LIB_CTX* get() const { return library_; }

 private:
  OSSL_LIB_CTX* library_;
  std::vector<OSSL_PROVIDER*> providers_;
};

// Null without a TPM: the provider asks it when it is loaded.
std::shared_ptr<const TpmLibrary> tpm_library() {
  auto library = std::make_shared<const TpmLibrary>();
  return library->complete() ? library : nullptr;
}

std::shared_ptr<EVP_PKEY> keep(EVP_PKEY* key, std::shared_ptr<const TpmLibrary> library) {
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
  EVP_PKEY* key =
      PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, nullptr, nullptr, library->get(), prefer_tpm);
  if (key == nullptr) {
    return Error{Remedy::call_staff, "key.other_machine", "not a key of this TPM: " + openssl_errors()};
  }
  return PrivateKey::adopt(keep(key, library), library->get());
}

Result<PrivateKey> make_tpm_key(const std::filesystem::path& path, const Profile& profile) {
  if (profile.name() != record::profile_international) return no_tpm();
  auto library = tpm_library();
  if (library == nullptr) return no_tpm();
  const auto key = keep(EVP_PKEY_Q_keygen(library->get(), only_tpm, "EC", "P-256"), library);
  if (key == nullptr) return no_tpm();
  const EncoderPtr encoder(
      OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_KEYPAIR, "PEM", "PrivateKeyInfo", only_tpm));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (encoder == nullptr || bio == nullptr || OSSL_ENCODER_to_bio(encoder.get(), bio.get()) != 1)
    return no_tpm();
  if (auto written = write_file_durably(path, view_of(bio_text(bio.get())), 0600); !written)
    return written.error();
  return PrivateKey::adopt(key, library->get());
}

}  // namespace bianmin::seal
