// Made-up authorities and card identities, for tests and emulators. Never linked into a production program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "terminal/base/bytes.hpp"

struct evp_pkey_st;

namespace bianmin::seal {

enum class TestKeyKind { p384, p256, rsa_1024 };

// What a test wants of a certificate; everything else is as on a real eID.
struct TestCertificateRequest {
  std::string name = "JÕEORG,JAAK-KRISTJAN,38001085718";
  std::string surname = "JÕEORG";
  std::string given_name = "JAAK-KRISTJAN";
  std::string serial_number = "PNOEE-38001085718";
  std::string key_usage = "critical,digitalSignature,keyAgreement";  // in OpenSSL's words; empty: none
  std::string extended_key_usage = "clientAuth";
  std::int64_t valid_from_utc_ms = 0;
  std::int64_t valid_to_utc_ms = 0;
  TestKeyKind key = TestKeyKind::p384;
};

// A key with its certificate. Values that share the key.
class TestIdentity {
 public:
  static TestIdentity root(const std::string& name, std::int64_t valid_from_utc_ms,
                           std::int64_t valid_to_utc_ms);
  TestIdentity authority(const std::string& name, std::int64_t valid_from_utc_ms,
                         std::int64_t valid_to_utc_ms) const;
  TestIdentity issue(const TestCertificateRequest& request) const;

  const Bytes& certificate() const { return der_; }  // DER
  std::string pem() const;
  Bytes sign_digest(ByteView digest) const;  // SHA-384, P-384 keys: r and s, 48 bytes each

 private:
  TestIdentity(std::shared_ptr<evp_pkey_st> key, Bytes der) : key_(std::move(key)), der_(std::move(der)) {}
  std::shared_ptr<evp_pkey_st> key_;
  Bytes der_;
};

// All that an emulated eID and a terminal that trusts it need, valid for a year on both sides of `utc_ms`.
struct TestEid {
  TestIdentity root;
  TestIdentity authority;
  TestIdentity authentication;
  TestIdentity signing;
};
TestEid make_test_eid(std::int64_t utc_ms);

}  // namespace bianmin::seal
