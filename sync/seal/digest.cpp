#include "sync/seal/digest.hpp"

#include <openssl/rand.h>

#include "sync/seal/openssl.hpp"

namespace bianmin::seal {

Digest sha256(ByteView bytes) {
  Digest digest{};
  must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Digest384 sha384(ByteView bytes) {
  Digest384 digest{};
  must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha384(), nullptr) == 1);
  return digest;
}

Digest512 sha512(ByteView bytes) {
  Digest512 digest{};
  must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha512(), nullptr) == 1);
  return digest;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  must(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256::update(ByteView piece) {
  must(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest{};
  must(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  return digest;
}

void fill_random(std::span<std::uint8_t> to) {
  must(RAND_bytes(to.data(), static_cast<int>(to.size())) == 1);
}

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  fill_random(bytes);
  return bytes;
}

}  // namespace bianmin::seal
