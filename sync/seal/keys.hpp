// P-256 keys: signatures (ECDSA over SHA-256, DER as in RFC 3279) and key agreement (for HPKE).
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

namespace bianmin::seal {

constexpr std::size_t point_size = 65;  // uncompressed
constexpr std::size_t scalar_size = 32;

class PublicKey {
 public:
  static Result<PublicKey> from_point(ByteView point);      // error "key.invalid": not on the curve
  static Result<PublicKey> from_pem(std::string_view pem);  // error "key.invalid"
  static Result<PublicKey> load(const std::filesystem::path& path);

  Bytes point() const;
  std::string pem() const;
  bool verify(ByteView message, ByteView signature) const;

  evp_pkey_st* handle() const { return key_.get(); }  // for this folder

 private:
  friend class PrivateKey;
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

class PrivateKey {
 public:
  static PrivateKey generate();
  static Result<PrivateKey> from_scalar(ByteView scalar);             // error "key.invalid"
  static Result<PrivateKey> load(const std::filesystem::path& path);  // PEM
  // PEM, readable by its owner only (0600), durable when it returns.
  Result<void> save(const std::filesystem::path& path) const;

  PublicKey public_key() const;
  Bytes public_point() const;  // cheaper than public_key().point()
  Bytes sign(ByteView message) const;
  // ECDH: the x coordinate, 32 bytes. Error "key.invalid" when the keys do not agree.
  Result<SecretBytes> agree(const PublicKey& other) const;

  evp_pkey_st* handle() const { return key_.get(); }  // for this folder

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace bianmin::seal
