#include "sync/custody/opening_keys.hpp"

#include <algorithm>
#include <functional>

#include "sync/custody/key_folder.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::custody {

namespace fs = std::filesystem;

namespace {
const Error none_opens{Remedy::refuse, "seal.cannot_open", "none of the hub's keys opens it"};

// In files and in a token, the highest first.
Result<std::vector<std::uint64_t>> opening_key_numbers(const fs::path& folder) {
  auto numbers = seal_key_numbers(folder, ".key");
  if (!numbers) return numbers;
  auto in_token = seal_key_numbers(folder, token_ending);
  if (!in_token) return in_token;
  numbers->insert(numbers->end(), in_token->begin(), in_token->end());
  std::ranges::sort(*numbers, std::greater());
  return numbers;
}
}  // namespace

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
  const fs::path token_path = folder / (seal_key_name(number) + std::string(token_ending));
  const bool in_token =
      profile.name() == record::profile_international && fs::exists(folder / token_settings_name, failed);
  if (in_token || fs::exists(token_path, failed)) {
    auto settings = load_token_settings(custody_folder);
    if (!settings) return settings.error();
    auto token = std::make_shared<Token>(std::move(settings).value());
    auto key = fs::exists(token_path, failed) ? TokenKey::load(token_path, token)
                                              : TokenKey::make(token_path, token);
    if (!key) return key.error();
    return (*key)->public_key();
  }
  const auto key = profile.generate_key();
  if (auto done = key.save(path); !done) return done.error();
  return key.public_key();
}

Result<OpeningKeys::OpeningKey> OpeningKeys::load_key(const OfProfile& profile, std::uint64_t number,
                                                      std::shared_ptr<Token>& token) {
  const fs::path token_path = profile.folder / (seal_key_name(number) + std::string(token_ending));
  std::error_code failed;
  if (fs::exists(token_path, failed)) {
    if (token == nullptr) {
      auto settings = load_token_settings(profile.folder);
      if (!settings) return settings.error();
      token = std::make_shared<Token>(std::move(settings).value());
    }
    auto key = TokenKey::load(token_path, token);
    if (!key) return key.error();
    if (auto right = profile.profile->check((*key)->public_key()); !right) return right.error();
    return OpeningKey{std::nullopt, std::move(key).value()};
  }
  auto key = seal::PrivateKey::load(profile.folder / (seal_key_name(number) + ".key"));
  if (!key) return key.error();
  if (auto right = profile.profile->check(*key); !right) return right.error();
  return OpeningKey{std::move(key).value(), nullptr};
}

Result<OpeningKeys::OfProfile> OpeningKeys::load_profile(const fs::path& custody_folder,
                                                         std::string_view name) {
  auto profile = seal::Profile::named(name);
  if (!profile) return profile.error();
  OfProfile loaded{profile_folder(custody_folder, name), std::move(profile).value(), 0, {}};
  auto numbers = opening_key_numbers(loaded.folder);
  if (!numbers) return numbers.error();
  if (numbers->empty()) numbers->push_back(1);  // then loading says what is wrong
  if (numbers->size() > opening_keys_max) numbers->resize(opening_keys_max);
  loaded.newest = numbers->front();
  std::shared_ptr<Token> token;
  for (const std::uint64_t number : *numbers) {
    auto key = load_key(loaded, number, token);
    if (!key) return key.error();
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
  Error why = none_opens;
  for (const OpeningKey& key : keys.keys) {
    auto plain = key.own ? keys.profile->open(*key.own, purpose, aad, sealed)
                         : keys.profile->open(*key.elsewhere, purpose, aad, sealed);
    if (plain) return plain;
    if (plain.error().remedy == Remedy::retry_later) why = plain.error();
  }
  return why;
}

// What cannot be loaded changes nothing: the keys that are here stay.
void OpeningKeys::find_newer(OfProfile& keys) const {
  const auto numbers = opening_key_numbers(keys.folder);
  if (!numbers || numbers->empty() || numbers->front() <= keys.newest) return;
  if (auto loaded = load_profile(folder_, keys.profile->name())) keys = std::move(loaded).value();
}

Result<OpeningKeys::Opened> OpeningKeys::open_known(seal::Purpose purpose, ByteView aad, ByteView sealed,
                                                    std::string_view profile) const {
  Error why = none_opens;
  for (const OfProfile& one : profiles_) {
    if (!profile.empty() && one.profile->name() != profile) continue;
    auto plain = try_keys(one, purpose, aad, sealed);
    if (plain) return Opened{std::move(plain).value(), one.profile.get()};
    if (plain.error().remedy == Remedy::retry_later) why = plain.error();
  }
  return why;
}

Result<seal::NumberedKey> OpeningKeys::newest(std::string_view profile) {
  for (OfProfile& one : profiles_) {
    if (one.profile->name() != profile) continue;
    find_newer(one);
    const OpeningKey& key = one.keys.front();
    return seal::NumberedKey{key.own ? key.own->public_key() : key.elsewhere->public_key(), one.newest};
  }
  return seal::Profile::named(profile).error();
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
