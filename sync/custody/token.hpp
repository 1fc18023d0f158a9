// An opening key in a PKCS#11 token: a smart card, an HSM, softhsm2. The token agrees (CKM_ECDH1_DERIVE with
// CKD_NULL, PKCS#11 2.40 §2.3.8); the rest of HPKE is done here. Keys of intl-1 alone: no token that could be
// had has SM2.
//
//   DIR/custody/pkcs11.conf      module = /usr/lib/softhsm/libsofthsm2.so   which token: its label
//                                token = bianmin
//                                pin_file = /etc/bianmin/pin
//                                places = /var/lib/mymodule,/dev/bus/usb
//                                network = yes
//     (places: what else the module reads and writes. network: it goes over one. Both may be missing)
//   DIR/custody/seal-2.token     id = 00112233… (CKA_ID)                    which key, and its public point
//                                point = 04…
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sync/seal/agreement.hpp"

namespace bianmin::custody {

constexpr std::string_view token_settings_name = "pkcs11.conf";
constexpr std::string_view token_ending = ".token";

struct TokenSettings {
  std::filesystem::path module;
  std::string label;
  std::filesystem::path pin_file;
  std::vector<std::filesystem::path> places = {};
  bool network = false;
};

// What the module reads and writes: its `places`, and, of softhsm2, its settings and where its tokens are.
std::vector<std::filesystem::path> places_of(const TokenSettings& settings);

// Errors: those of Config::load; "custody.no_token" when one is missing.
Result<TokenSettings> load_token_settings(const std::filesystem::path& custody_folder);
Result<void> save_token_settings(const std::filesystem::path& custody_folder, const TokenSettings& settings);

// One session with a token, made when it is needed and again when it is lost. Thread-safe: one call at a
// time. Errors: "custody.no_token" (retry later: no module, token or key; it says which), "custody.wrong_pin"
// (call staff: it is not tried again, because that would lock the token; mend the file and start custody
// anew).
class Token {
 public:
  explicit Token(TokenSettings settings);
  ~Token();
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  // It never leaves the token.
  Result<seal::PublicKey> make_key(ByteView id);
  Result<SecretBytes> agree(ByteView id, const seal::PublicKey& other);

 private:
  struct Session;
  TokenSettings settings_;
  std::unique_ptr<Session> session_;
};

class TokenKey : public seal::Agreement {
 public:
  // A key that make() has made. Errors: those of Config::load, "key.invalid".
  static Result<std::shared_ptr<const TokenKey>> load(const std::filesystem::path& file,
                                                      std::shared_ptr<Token> token);
  // A new one, and its file, durable. Errors: those of Token and of files.
  static Result<std::shared_ptr<const TokenKey>> make(const std::filesystem::path& file,
                                                      std::shared_ptr<Token> token);
  TokenKey(std::shared_ptr<Token> token, Bytes id, seal::PublicKey key)
      : token_(std::move(token)), id_(std::move(id)), key_(std::move(key)) {}

  const seal::PublicKey& public_key() const override { return key_; }
  // Error "custody.away" (retry later), whatever is the matter with the token.
  Result<SecretBytes> agree(const seal::PublicKey& other) const override;

 private:
  std::shared_ptr<Token> token_;
  Bytes id_;
  seal::PublicKey key_;
};

}  // namespace bianmin::custody
