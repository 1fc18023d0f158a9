// The keys that open what is sealed to the hub, of each profile.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "sync/custody/token.hpp"
#include "sync/seal/numbered_key.hpp"
#include "sync/seal/profile.hpp"

namespace bianmin::custody {

constexpr std::size_t opening_keys_max = 8;  // the newest ones are tried

// Thread-bound.
class OpeningKeys {
 public:
  // A new key in the folder `custody` (key_folder.hpp), or the one of that number that was left by who died
  // before its public half was anywhere. Where the folder has settings of a token (token.hpp), keys of intl-1
  // are made there. Errors: those of files and of Token.
  static Result<seal::PublicKey> make(const std::filesystem::path& custody_folder,
                                      const seal::Profile& profile, std::uint64_t number);
  // A token need not be there yet. Errors: those of the key files, "key.other_profile".
  static Result<OpeningKeys> load(const std::filesystem::path& custody_folder);

  struct Opened {
    SecretBytes plain;
    const seal::Profile* profile;
  };
  // Tries the newest key first, of the given profile or, without one ("") of each; and once more when there
  // is a newer one in the folder. Errors "seal.cannot_open", "custody.away" (retry later): no key that is
  // here opens it, and a token is away.
  Result<Opened> open(seal::Purpose purpose, ByteView aad, ByteView sealed, std::string_view profile = "");
  // The public half of the newest key of a profile, one that has come meanwhile, too. Errors: those of
  // Profile::named.
  Result<seal::NumberedKey> newest(std::string_view profile);
  // With the keys that are loaded. Thread-safe.
  Result<Opened> open_known(seal::Purpose purpose, ByteView aad, ByteView sealed,
                            std::string_view profile = "") const;

 private:
  struct OpeningKey {
    std::optional<seal::PrivateKey> own;
    std::shared_ptr<const TokenKey> elsewhere;  // else this
  };
  struct OfProfile {
    std::filesystem::path folder;
    seal::ProfilePtr profile;
    std::uint64_t newest = 0;
    std::vector<OpeningKey> keys;  // newest first, never empty
  };
  static Result<OfProfile> load_profile(const std::filesystem::path& custody_folder, std::string_view name);
  static Result<OpeningKey> load_key(const OfProfile& profile, std::uint64_t number,
                                     std::shared_ptr<Token>& token);
  static Result<SecretBytes> try_keys(const OfProfile& keys, seal::Purpose purpose, ByteView aad,
                                      ByteView sealed);
  void find_newer(OfProfile& keys) const;

  std::filesystem::path folder_;
  std::vector<OfProfile> profiles_;
};

}  // namespace bianmin::custody
