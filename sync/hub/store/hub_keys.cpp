#include "sync/hub/store/hub_keys.hpp"

#include <algorithm>
#include <cerrno>

#include "sync/custody/desk.hpp"
#include "sync/custody/key_folder.hpp"
#include "sync/custody/opening_keys.hpp"
#include "sync/record/messages.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::hub {

namespace {

namespace fs = std::filesystem;
using custody::profile_folder;
using custody::seal_key_name;

Result<void> make_receipt_key(const fs::path& folder, const seal::Profile& profile) {
  const auto key = profile.generate_key();
  if (auto done = key.save(folder / "receipt.key"); !done) return done;
  return write_file_durably(folder / "receipt.pub", view_of(key.public_key().pem()), 0644);
}

// The public half comes last: a key that anybody seals to can be opened.
Result<void> make_seal_key(const fs::path& hub_folder, const fs::path& folder, const seal::Profile& profile,
                           std::uint64_t number) {
  auto made = custody::OpeningKeys::make(custody::custody_folder(hub_folder), profile, number);
  if (!made) return made.error();
  return write_file_durably(folder / (seal_key_name(number) + ".pub"), view_of(made->pem()), 0644);
}

Result<seal::PrivateKey> load_key(const fs::path& path, const seal::Profile& profile) {
  auto key = seal::PrivateKey::load(path);
  if (!key) return key;
  if (auto right = profile.check(*key); !right) return right.error();
  return key;
}

// Of a hub that was made before there was custody.
Result<void> give_to_custody(const fs::path& hub_folder, std::string_view profile) {
  const fs::path from = profile_folder(hub_folder, profile);
  const fs::path to = profile_folder(custody::custody_folder(hub_folder), profile);
  std::error_code failed;
  if (!fs::exists(from, failed)) return {};
  auto numbers = custody::seal_key_numbers(from, ".key");
  if (!numbers) return numbers.error();
  if (numbers->empty()) return {};
  fs::create_directories(to, failed);
  if (!failed) fs::permissions(custody::custody_folder(hub_folder), fs::perms::owner_all, failed);
  for (const std::uint64_t number : *numbers) {
    const std::string name = seal_key_name(number) + ".key";
    if (!failed) fs::rename(from / name, to / name, failed);
  }
  if (failed) return file_error(to, failed.value());
  return {};
}

// The folder gets its name last: it is there with all its keys, or not at all.
Result<void> make_profile(const fs::path& hub_folder, std::string_view name) {
  const auto profile = seal::Profile::named(name);
  if (!profile) return profile.error();
  const fs::path at = profile_folder(hub_folder, name);
  const fs::path fresh = at == hub_folder ? at : fs::path(at.string() + ".new");
  std::error_code failed;
  if (fresh != at) fs::remove_all(fresh, failed);
  fs::create_directories(fresh, failed);
  if (failed) return file_error(fresh, failed.value());
  fs::permissions(fresh, fs::perms::owner_all, failed);
  if (auto made = make_receipt_key(fresh, **profile); !made) return made;
  if (auto made = make_seal_key(hub_folder, fresh, **profile, 1); !made) return made;
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
    if (auto given = give_to_custody(folder, name); !given) return given;
    if (name == record::profile_international) continue;  // every hub has had it from the beginning
    std::error_code failed;
    const bool known = fs::exists(profile_folder(folder, name), failed);
    if (failed) return file_error(profile_folder(folder, name), failed.value());
    if (known) continue;
    if (!fs::exists(folder / "receipt.key", failed)) return file_error(folder / "receipt.key", ENOENT);
    if (auto made = make_profile(folder, name); !made) return made;
  }
  return {};
}

Result<HubKeys> HubKeys::load(const fs::path& folder) {
  HubKeys keys;
  keys.folder_ = folder;
  for (const std::string_view name : seal::profile_names) {
    auto profile = seal::Profile::named(name);
    if (!profile) return profile.error();
    const fs::path at = profile_folder(folder, name);
    auto receipt_key = load_key(at / "receipt.key", **profile);
    if (!receipt_key) return receipt_key.error();
    auto seal_key = custody::newest_published_key(folder, name);
    if (!seal_key) return seal_key.error();
    keys.profiles_.push_back(
        {at, std::move(profile).value(), std::move(receipt_key).value(), std::move(seal_key).value()});
  }
  return keys;
}

Result<std::vector<seal::NumberedKey>> HubKeys::rotate(const fs::path& folder, std::string_view profile) {
  auto keys = load(folder);
  if (!keys) return keys.error();
  std::vector<seal::NumberedKey> made;
  for (OfProfile& one : keys->profiles_) {
    if (!profile.empty() && one.profile->name() != profile) continue;
    const std::uint64_t number = one.seal_key.number + 1;
    if (auto done = make_seal_key(folder, one.folder, *one.profile, number); !done) return done.error();
    keys->find_newer(one);
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

// What cannot be loaded changes nothing: the key that is here stays.
void HubKeys::find_newer(OfProfile& keys) const {
  auto newest =
      ask_newest_ ? ask_newest_(*keys.profile) : custody::newest_published_key(folder_, keys.profile->name());
  if (newest && newest->number > keys.seal_key.number) keys.seal_key = std::move(newest).value();
}

Bytes HubKeys::sign(const seal::Profile& profile, Bytes body) const {
  Bytes signature = of(profile).receipt_key.sign(body);
  return record::encode(record::Signed{std::move(body), std::move(signature)});
}

seal::NumberedKey HubKeys::seal_key(const seal::Profile& profile) const { return of(profile).seal_key; }

Bytes HubKeys::key_statement(const seal::Profile& profile) const {
  for (OfProfile& one : profiles_) find_newer(one);
  return seal::sign_key_statement(seal_key(profile), of(profile).receipt_key);
}

seal::PublicKey HubKeys::receipt_key(const seal::Profile& profile) const {
  return of(profile).receipt_key.public_key();
}

}  // namespace bianmin::hub
