#include "sync/hub/hub_keys.hpp"

#include <algorithm>
#include <cerrno>

#include "sync/record/messages.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::hub {

namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& hub_folder, std::string_view profile) {
  return profile == record::profile_international ? hub_folder : hub_folder / profile;
}

std::string seal_name(std::uint64_t number) {
  return number == 1 ? std::string("seal") : "seal-" + std::to_string(number);
}

Result<void> make_key_pair(const fs::path& folder, const std::string& name, const seal::Profile& profile) {
  const auto key = profile.generate_key();
  if (auto done = key.save(folder / (name + ".key")); !done) return done;
  return write_file_durably(folder / (name + ".pub"), view_of(key.public_key().pem()), 0644);
}

Result<seal::PrivateKey> load_key(const fs::path& path, const seal::Profile& profile) {
  auto key = seal::PrivateKey::load(path);
  if (!key) return key;
  if (auto right = profile.check(*key); !right) return right.error();
  return key;
}

// The numbers of the seal keys in a folder, the highest first.
Result<std::vector<std::uint64_t>> seal_key_numbers(const fs::path& folder) {
  std::vector<std::uint64_t> numbers;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().stem().string();
    if (entry->path().extension() != ".key" || !name.starts_with("seal")) continue;
    const auto number = parse_number(name.starts_with("seal-") ? name.substr(5) : "1", 1, INT64_MAX);
    if (number && name == seal_name(static_cast<std::uint64_t>(*number))) {
      numbers.push_back(static_cast<std::uint64_t>(*number));
    }
  }
  if (failed) return file_error(folder, failed.value());
  std::ranges::sort(numbers, std::greater());
  return numbers;
}

// The folder gets its name last: it is there with all its keys, or not at all.
Result<void> make_profile(const fs::path& hub_folder, std::string_view name) {
  const auto profile = seal::Profile::named(name);
  if (!profile) return profile.error();
  const fs::path at = folder_of(hub_folder, name);
  const fs::path fresh = at == hub_folder ? at : fs::path(at.string() + ".new");
  std::error_code failed;
  if (fresh != at) fs::remove_all(fresh, failed);
  fs::create_directories(fresh, failed);
  if (failed) return file_error(fresh, failed.value());
  fs::permissions(fresh, fs::perms::owner_all, failed);
  for (const char* key : {"seal", "receipt"}) {
    if (auto made = make_key_pair(fresh, key, **profile); !made) return made;
  }
  if (fresh == at) return {};
  fs::rename(fresh, at, failed);
  if (failed) return file_error(at, failed.value());
  return {};
}

}  // namespace

Result<void> HubKeys::make(const fs::path& folder) {
  if (auto made = make_profile(folder, record::profile_international); !made) return made;
  return complete(folder);
}

Result<void> HubKeys::complete(const fs::path& folder) {
  for (const std::string_view name : seal::profile_names) {
    if (name == record::profile_international) continue;  // every hub has had it from the beginning
    std::error_code failed;
    const bool known = fs::exists(folder_of(folder, name), failed);
    if (failed) return file_error(folder_of(folder, name), failed.value());
    if (known) continue;
    if (!fs::exists(folder / "receipt.key", failed)) return file_error(folder / "receipt.key", ENOENT);
    if (auto made = make_profile(folder, name); !made) return made;
  }
  return {};
}

Result<std::vector<HubKeys::SealKey>> HubKeys::load_seal_keys(const fs::path& folder,
                                                              const seal::Profile& profile) {
  auto numbers = seal_key_numbers(folder);
  if (!numbers) return numbers.error();
  if (numbers->empty()) numbers->push_back(1);  // then loading says what is wrong
  if (numbers->size() > seal_keys_max) numbers->resize(seal_keys_max);
  std::vector<SealKey> keys;
  for (const std::uint64_t number : *numbers) {
    auto key = load_key(folder / (seal_name(number) + ".key"), profile);
    if (!key) return key.error();
    keys.push_back({number, std::move(key).value()});
  }
  return keys;
}

Result<HubKeys> HubKeys::load(const fs::path& folder) {
  HubKeys keys;
  for (const std::string_view name : seal::profile_names) {
    auto profile = seal::Profile::named(name);
    if (!profile) return profile.error();
    const fs::path at = folder_of(folder, name);
    auto receipt_key = load_key(at / "receipt.key", **profile);
    if (!receipt_key) return receipt_key.error();
    auto seal_keys = load_seal_keys(at, **profile);
    if (!seal_keys) return seal_keys.error();
    keys.profiles_.push_back(
        {at, std::move(profile).value(), std::move(receipt_key).value(), std::move(seal_keys).value()});
  }
  return keys;
}

Result<std::vector<seal::NumberedKey>> HubKeys::rotate(const fs::path& folder) {
  auto keys = load(folder);
  if (!keys) return keys.error();
  std::vector<seal::NumberedKey> made;
  for (OfProfile& one : keys->profiles_) {
    const std::uint64_t number = one.seal_keys.front().number + 1;
    if (auto done = make_key_pair(one.folder, seal_name(number), *one.profile); !done) return done.error();
    find_newer(one);
    made.push_back(keys->seal_key(*one.profile));
  }
  return made;
}

const seal::Profile* HubKeys::profile(std::string_view name) const {
  for (const OfProfile& one : profiles_) {
    if (one.profile->name() == name) return one.profile.get();
  }
  return nullptr;
}

const HubKeys::OfProfile& HubKeys::of(const seal::Profile& profile) const {
  return *std::ranges::find(profiles_, profile.name(),
                            [](const OfProfile& one) { return one.profile->name(); });
}

Result<SecretBytes> HubKeys::try_keys(const OfProfile& keys, seal::Purpose purpose, ByteView aad,
                                      ByteView sealed) {
  for (const SealKey& key : keys.seal_keys) {
    if (auto plain = keys.profile->open(key.key, purpose, aad, sealed)) return plain;
  }
  return Error{Remedy::refuse, "seal.cannot_open", "none of the hub's keys opens it"};
}

// What cannot be loaded changes nothing: the keys that are here stay.
void HubKeys::find_newer(OfProfile& keys) {
  const auto numbers = seal_key_numbers(keys.folder);
  if (!numbers || numbers->empty() || numbers->front() <= keys.seal_keys.front().number) return;
  if (auto loaded = load_seal_keys(keys.folder, *keys.profile)) keys.seal_keys = std::move(loaded).value();
}

Result<HubKeys::Opened> HubKeys::open(seal::Purpose purpose, ByteView aad, ByteView sealed,
                                      const seal::Profile* profile) const {
  for (const bool again : {false, true}) {
    for (OfProfile& one : profiles_) {
      if (profile != nullptr && one.profile->name() != profile->name()) continue;
      if (again) find_newer(one);
      if (auto plain = try_keys(one, purpose, aad, sealed)) {
        return Opened{std::move(plain).value(), one.profile.get()};
      }
    }
  }
  return Error{Remedy::refuse, "seal.cannot_open", "none of the hub's keys opens it"};
}

Bytes HubKeys::sign(const seal::Profile& profile, Bytes body) const {
  Bytes signature = of(profile).receipt_key.sign(body);
  return record::encode(record::Signed{std::move(body), std::move(signature)});
}

seal::NumberedKey HubKeys::seal_key(const seal::Profile& profile) const {
  const SealKey& newest = of(profile).seal_keys.front();
  return {newest.key.public_key(), newest.number};
}

Bytes HubKeys::key_statement(const seal::Profile& profile) const {
  for (OfProfile& one : profiles_) find_newer(one);
  return seal::sign_key_statement(seal_key(profile), of(profile).receipt_key);
}

seal::PublicKey HubKeys::receipt_key(const seal::Profile& profile) const {
  return of(profile).receipt_key.public_key();
}

}  // namespace bianmin::hub
