// A profile decides digest, signature, sealing and message authentication together, so that nobody outside of
// this folder names an algorithm. Its name stands in terminal.conf and in each envelope
// (record/envelope.hpp).
//
//   intl-1  SHA-256, ECDSA on P-256, HPKE with AES-256-GCM (hpke.hpp)
//   gm-1    SM3, SM2 signatures, SM2 + SM4-CTR + HMAC-SM3 (guomi.hpp)
//
// A key belongs to the profile of its curve. Thread-safe once made, except PreparedSeal.
#pragma once

#include <sys/types.h>

#include <array>

#include "sync/record/envelope.hpp"
#include "sync/seal/agreement.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/keys.hpp"

namespace bianmin::seal {

// What a sealing is for: it opens only as what it is.
enum class Purpose { record, ask, answer, certificate };

// A sealing whose costly half is done, for one message: its key must not meet a second one.
class PreparedSeal {
 public:
  class Work {
   public:
    virtual ~Work() = default;
    virtual Bytes seal(ByteView aad, ByteView plain) = 0;
  };
  explicit PreparedSeal(std::unique_ptr<Work> work);

  // Uses it up, whatever comes out. Error "seal.used" (refuse): it is used up, or this process is a copy
  // (fork) of the one that prepared it, which may use it as well.
  Result<Bytes> seal(ByteView aad, ByteView plain) &&;

 private:
  std::unique_ptr<Work> work_;
  pid_t process_;
};

class Profile;
using ProfilePtr = std::shared_ptr<const Profile>;

class Profile {
 public:
  static Result<ProfilePtr> named(std::string_view name);  // error "profile.unknown" (refuse)
  static ProfilePtr of(Curve curve);
  static ProfilePtr of(const PublicKey& key) { return of(key.curve()); }
  virtual ~Profile() = default;

  std::string_view name() const { return name_; }
  virtual Digest digest(ByteView bytes) const = 0;

  PrivateKey generate_key() const { return PrivateKey::generate(curve_); }
  Result<PublicKey> key_from_point(ByteView point) const { return PublicKey::from_point(point, curve_); }
  Result<PrivateKey> key_from_scalar(ByteView scalar) const {
    return PrivateKey::from_scalar(scalar, curve_);
  }
  // Error "key.other_profile" (refuse).
  Result<void> check(const PublicKey& key) const;
  Result<void> check(const PrivateKey& key) const;

  // Error "key.other_profile".
  Result<PreparedSeal> prepare(const PublicKey& receiver, Purpose purpose) const;
  Result<Bytes> seal(const PublicKey& receiver, Purpose purpose, ByteView aad, ByteView plain) const;
  // Error "seal.cannot_open": another key, profile or purpose, or changed bytes; which one cannot be told.
  virtual Result<SecretBytes> open(const PrivateKey& receiver, Purpose purpose, ByteView aad,
                                   ByteView sealed) const = 0;
  // The same with a key that is elsewhere: intl-1 alone, else "key.other_profile". Errors of Agreement that
  // say "retry later", too.
  virtual Result<SecretBytes> open(const Agreement& receiver, Purpose purpose, ByteView aad,
                                   ByteView sealed) const = 0;

 protected:
  Profile(std::string_view name, Curve curve) : name_(name), curve_(curve) {}
  virtual Result<PreparedSeal> prepare_checked(const PublicKey& receiver, Purpose purpose) const = 0;

 private:
  std::string_view name_;
  Curve curve_;
};

// The name of the profile whose keys are of this curve.
std::string_view profile_name(Curve curve);

constexpr std::array<std::string_view, 2> profile_names = {record::profile_international,
                                                           record::profile_guomi};

}  // namespace bianmin::seal
