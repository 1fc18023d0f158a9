// The hub's keys that are not secret from who takes records in: for each profile the public halves of those
// that records are sealed to, and the key that signs what the hub says. What opens is kept by custody
// (custody/key_folder.hpp).
//
// Of intl-1 they lie in the hub's folder, of another profile in a folder of its name below:
//   seal.pub seal-2.pub seal-3.pub …  each in its turn
//   receipt.key receipt.pub
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "sync/seal/numbered_key.hpp"
#include "sync/seal/profile.hpp"

namespace bianmin::hub {

// Thread-bound.
class HubKeys {
 public:
  // Of a new hub, for all profiles, with those of custody. Errors: those of files.
  static Result<void> make(const std::filesystem::path& folder);
  // A hub that was made before there was a profile gets its keys, and one from before there was custody gives
  // up what opens. One that is lost is never made anew: load() says that it is missing. Errors: those of
  // files.
  static Result<void> complete(const std::filesystem::path& folder);
  // Errors: those of the key files, "key.other_profile".
  static Result<HubKeys> load(const std::filesystem::path& folder);
  // The next seal key of each profile; returns what is new. A running hub finds it when a terminal asks for
  // the newest one, custody when the first record comes that is sealed to it. Errors: those of load() and of
  // files.
  // Of one profile alone, when it is named.
  static Result<std::vector<seal::NumberedKey>> rotate(const std::filesystem::path& folder,
                                                       std::string_view profile = {});

  // From where else a newer key may come: for who may not list the hub's folder.
  using AskNewest = std::function<Result<seal::NumberedKey>(const seal::Profile&)>;
  void ask_for_newer(AskNewest ask) { ask_newest_ = std::move(ask); }

  // Null for a profile that this hub does not speak.
  const seal::Profile* profile(std::string_view name) const;

  // What a terminal of this profile believes: the encoded record::Signed.
  Bytes sign(const seal::Profile& profile, Bytes body) const;
  // The newest key of the profile, and the statement that brings it to terminals.
  seal::NumberedKey seal_key(const seal::Profile& profile) const;
  Bytes key_statement(const seal::Profile& profile) const;
  seal::PublicKey receipt_key(const seal::Profile& profile) const;

 private:
  struct OfProfile {
    std::filesystem::path folder;
    seal::ProfilePtr profile;
    seal::PrivateKey receipt_key;
    seal::NumberedKey seal_key;  // the newest
  };
  const OfProfile& of(const seal::Profile& profile) const;
  void find_newer(OfProfile& keys) const;

  std::filesystem::path folder_;
  mutable std::vector<OfProfile> profiles_;
  AskNewest ask_newest_;
};

}  // namespace bianmin::hub
