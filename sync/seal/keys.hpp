// Key pairs on the curves of the profiles (profile.hpp). A key signs as its curve does:
//   P-256  ECDSA over SHA-256, DER as in RFC 3279
//   SM2    GB/T 32918.2 over SM3 with the user ID "1234567812345678" of GM/T 0009, DER SEQUENCE { r, s }. The
//   ID
//          is always set: OpenSSL 3 takes the empty one otherwise, which no other implementation does.
//
// Values that share the key they hold; thread-safe. A private key is erased when its last owner goes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/base/secret.hpp"

struct evp_pkey_st;
struct ossl_lib_ctx_st;

namespace bianmin::seal {

constexpr std::size_t point_size = 65;  // uncompressed
constexpr std::size_t scalar_size = 32;

enum class Curve { p256, sm2 };

class PublicKey {
 public:
  // Error "key.invalid": not on the curve.
  static Result<PublicKey> from_point(ByteView point, Curve curve = Curve::p256);
  // The first PEM "PUBLIC KEY", of either curve: by the curve's name and with an uncompressed point, as
  // everybody writes them. Error "key.invalid".
  static Result<PublicKey> from_pem(std::string_view pem);
  static Result<PublicKey> load(const std::filesystem::path& path);

  Bytes point() const;
  std::string pem() const;
  bool verify(ByteView message, ByteView signature) const;
  Curve curve() const { return curve_; }

  evp_pkey_st* handle() const { return key_.get(); }  // for this folder

 private:
  friend class PrivateKey;
  PublicKey(std::shared_ptr<evp_pkey_st> key, Curve curve) : key_(std::move(key)), curve_(curve) {}
  std::shared_ptr<evp_pkey_st> key_;
  Curve curve_;
};

class PrivateKey {
 public:
  static PrivateKey generate(Curve curve = Curve::p256);
  static Result<PrivateKey> from_scalar(ByteView scalar, Curve curve = Curve::p256);  // error "key.invalid"
  static Result<PrivateKey> load(const std::filesystem::path& path);  // plain PEM, of either curve
  // PEM, readable by its owner only (0600), durable when it returns.
  Result<void> save(const std::filesystem::path& path) const;

  PublicKey public_key() const;
  Bytes public_point() const;  // cheaper than public_key().point()
  Bytes sign(ByteView message) const;
  // ECDH on P-256: the x coordinate, 32 bytes. Error "key.invalid" when the keys do not agree.
  Result<SecretBytes> agree(const PublicKey& other) const;

  Curve curve() const { return curve_; }

  evp_pkey_st* handle() const { return key_.get(); }  // for this folder
  // For this folder: a key that only `library` can sign with; `key` keeps that alive. Error "key.invalid".
  static Result<PrivateKey> adopt(std::shared_ptr<evp_pkey_st> key, ossl_lib_ctx_st* library);

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> key, Curve curve, ossl_lib_ctx_st* library = nullptr)
      : key_(std::move(key)), curve_(curve), library_(library) {}
  std::shared_ptr<evp_pkey_st> key_;
  Curve curve_;
  ossl_lib_ctx_st* library_;  // null: OpenSSL's own
};

}  // namespace bianmin::seal
