#include "sync/custody/opening_keys.hpp"

#include "sync/custody/key_folder.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::custody {

namespace fs = std::filesystem;

namespace {
const Error none_opens{Remedy::refuse, "seal.cannot_open", "none of the hub's keys opens it"};
}

Result<seal::PublicKey> OpeningKeys::make(const fs::path& custody_folder, const seal::Profile& profile,
                                          std::uint64_t number) {
  const fs::path folder = profile_folder(custody_folder, profile.name());
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) fs::permissions(custody_folder, fs::perms::owner_all, failed);
  if (failed) return file_error(folder, failed.value());
  const fs::path path = folder / (seal_key_name(number) + ".key");
  if (fs::exists(path, failed)) {
    auto left = seal::PrivateKey::load(path);
    if (!left) return left.error();
    return left->public_key();
  }
  const auto key = profile.generate_key();
  if (auto done = key.save(path); !done) return done.error();
  return key.public_key();
}

Result<OpeningKeys::OfProfile> OpeningKeys::load_profile(const fs::path& custody_folder,
                                                         std::string_view name) {
  auto profile = seal::Profile::named(name);
  if (!profile) return profile.error();
  OfProfile loaded{profile_folder(custody_folder, name), std::move(profile).value(), 0, {}};
  auto numbers = seal_key_numbers(loaded.folder, ".key");
  if (!numbers) return numbers.error();
  if (numbers->empty()) numbers->push_back(1);  // then loading says what is wrong
  if (numbers->size() > opening_keys_max) numbers->resize(opening_keys_max);
  loaded.newest = numbers->front();
  for (const std::uint64_t number : *numbers) {
    auto key = seal::PrivateKey::load(loaded.folder / (seal_key_name(number) + ".key"));
    if (!key) return key.error();
    if (auto right = loaded.profile->check(*key); !right) return right.error();
    loaded.keys.push_back(std::move(key).value());
  }
  return loaded;
}

Result<OpeningKeys> OpeningKeys::load(const fs::path& custody_folder) {
  OpeningKeys keys;
  keys.folder_ = custody_folder;
  for (const std::string_view name : seal::profile_names) {
    auto loaded = load_profile(custody_folder, name);
    if (!loaded) return loaded.error();
    keys.profiles_.push_back(std::move(loaded).value());
  }
  return keys;
}

Result<SecretBytes> OpeningKeys::try_keys(const OfProfile& keys, seal::Purpose purpose, ByteView aad,
                                          ByteView sealed) {
  for (const seal::PrivateKey& key : keys.keys) {
    if (auto plain = keys.profile->open(key, purpose, aad, sealed)) return plain;
  }
  return none_opens;
}

// What cannot be loaded changes nothing: the keys that are here stay.
void OpeningKeys::find_newer(OfProfile& keys) const {
  const auto numbers = seal_key_numbers(keys.folder, ".key");
  if (!numbers || numbers->empty() || numbers->front() <= keys.newest) return;
  if (auto loaded = load_profile(folder_, keys.profile->name())) keys = std::move(loaded).value();
}

Result<OpeningKeys::Opened> OpeningKeys::open_known(seal::Purpose purpose, ByteView aad, ByteView sealed,
                                                    std::string_view profile) const {
  for (const OfProfile& one : profiles_) {
    if (!profile.empty() && one.profile->name() != profile) continue;
    if (auto plain = try_keys(one, purpose, aad, sealed)) {
      return Opened{std::move(plain).value(), one.profile.get()};
    }
  }
  return none_opens;
}

Result<OpeningKeys::Opened> OpeningKeys::open(seal::Purpose purpose, ByteView aad, ByteView sealed,
                                              std::string_view profile) {
  if (auto opened = open_known(purpose, aad, sealed, profile)) return opened;
  for (OfProfile& one : profiles_) {
    if (profile.empty() || one.profile->name() == profile) find_newer(one);
  }
  return open_known(purpose, aad, sealed, profile);
}

}  // namespace bianmin::custody
