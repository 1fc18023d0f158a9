// The hub's keys: for each profile those that records are sealed to, and the one that signs what the hub
// says.
//
// Of intl-1 they lie in the hub's folder, of another profile in a folder of its name below:
//   seal.key seal-2.key seal-3.key …  each in its turn; terminals may still seal to the earlier ones
//   receipt.key                       each with its public half, *.pub
#pragma once

#include <filesystem>
#include <vector>

#include "sync/seal/numbered_key.hpp"
#include "sync/seal/profile.hpp"

namespace bianmin::hub {

constexpr std::size_t seal_keys_max = 8;  // the newest ones are tried

// Thread-bound.
class HubKeys {
 public:
  // Of a new hub, for all profiles. Errors: those of files.
  static Result<void> make(const std::filesystem::path& folder);
  // A hub that was made before there was a profile gets its keys. One that is lost is never made anew: load()
  // says that it is missing. Errors: those of files.
  static Result<void> complete(const std::filesystem::path& folder);
  // Errors: those of the key files, "key.other_profile".
  static Result<HubKeys> load(const std::filesystem::path& folder);
  // The next seal key of each profile; returns what is new. A running hub finds it when the first record
  // comes that is sealed to it. Errors: those of load() and of files.
  static Result<std::vector<seal::NumberedKey>> rotate(const std::filesystem::path& folder);

  // Null for a profile that this hub does not speak.
  const seal::Profile* profile(std::string_view name) const;

  struct Opened {
    SecretBytes plain;
    const seal::Profile* profile;
  };
  // Tries the newest key first, of the given profile or, without one, of each. Error "seal.cannot_open".
  Result<Opened> open(seal::Purpose purpose, ByteView aad, ByteView sealed,
                      const seal::Profile* profile = nullptr) const;

  // What a terminal of this profile believes: the encoded record::Signed.
  Bytes sign(const seal::Profile& profile, Bytes body) const;
  // The newest key of the profile, and the statement that brings it to terminals.
  seal::NumberedKey seal_key(const seal::Profile& profile) const;
  Bytes key_statement(const seal::Profile& profile) const;
  seal::PublicKey receipt_key(const seal::Profile& profile) const;

 private:
  struct SealKey {
    std::uint64_t number;
    seal::PrivateKey key;
  };
  struct OfProfile {
    std::filesystem::path folder;
    seal::ProfilePtr profile;
    seal::PrivateKey receipt_key;
    std::vector<SealKey> seal_keys;  // newest first, never empty
  };
  static Result<std::vector<SealKey>> load_seal_keys(const std::filesystem::path& folder,
                                                     const seal::Profile& profile);
  const OfProfile& of(const seal::Profile& profile) const;
  static Result<SecretBytes> try_keys(const OfProfile& keys, seal::Purpose purpose, ByteView aad,
                                      ByteView sealed);
  static void find_newer(OfProfile& keys);

  mutable std::vector<OfProfile> profiles_;
};

}  // namespace bianmin::hub
