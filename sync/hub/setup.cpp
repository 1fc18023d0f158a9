#include "sync/hub/setup.hpp"

#include <fmt/format.h>

#include <set>

#include "sync/database/postgres.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/record/case_no.hpp"
#include "sync/record/terminal_id.hpp"
#include "sync/seal/certificates.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::hub {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t pem_size_max = 16 * 1024;

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return file_error(folder, failure.value());
  fs::permissions(folder, fs::perms::owner_all, failure);
  return {};
}

Result<std::set<fs::path>> entries_of(const fs::path& folder) {
  std::set<fs::path> entries;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    entries.insert(entry->path());
  }
  if (failure) return file_error(folder, failure.value());
  return entries;
}

// Makes the folder, and files in it. When that fails, what is new goes again, so that the same command can be
// given once more.
template <typename Fill>
auto fill_folder(const fs::path& folder, const Fill& fill) -> decltype(fill()) {
  if (auto done = make_folder(folder); !done) return done.error();
  const auto before = entries_of(folder);
  if (!before) return before.error();
  auto filled = fill();
  if (filled) return filled;
  if (const auto after = entries_of(folder)) {
    std::error_code failure;
    for (const fs::path& path : *after) {
      if (!before->contains(path)) fs::remove_all(path, failure);
    }
  }
  return filled;
}

Result<void> put(const fs::path& path, const std::string& text) {
  return write_file_durably(path, view_of(text), 0644);
}

// A key that the terminal made does not leave it (it may not even be able to); otherwise one is made here.
Result<seal::PublicKey> put_device_key(const EnrolRequest& request, const seal::Profile& profile) {
  auto key = [&]() -> Result<seal::PublicKey> {
    if (!request.device_key.empty()) return seal::PublicKey::load(request.device_key);
    const auto made = profile.generate_key();
    if (auto done = made.save(request.out / "device.key"); !done) return done.error();
    return made.public_key();
  }();
  if (!key) return key;
  if (auto right = profile.check(*key); !right) return right.error();
  if (auto done = put(request.out / "device.pub", key->pem()); !done) return done.error();
  return key;
}

Result<Life> register_life(database::Database& database, const std::string& terminal_id,
                           const std::string& device_key_pem, std::string_view life, const Clock& clock) {
  auto query = database.prepare("SELECT coalesce(max(epoch), 0) + 1 FROM enrolment WHERE terminal_id = ?");
  auto epoch = query.bind(std::string_view(terminal_id)).number();
  if (!epoch) return epoch.error();
  auto insert = database.prepare(
      "INSERT INTO enrolment (terminal_id, epoch, device_key, enrolled_utc_ms, life) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT DO NOTHING RETURNING enrolment_no");
  insert.bind(std::string_view(terminal_id)).bind(*epoch).bind(std::string_view(device_key_pem));
  const auto enrolment_no = insert.bind(clock.utc_ms()).bind(life).returned_number();
  if (!enrolment_no) return enrolment_no.error();
  if (*enrolment_no == 0) {
    return Error{Remedy::retry_later, "store.busy", "somebody else enrols the same terminal"};
  }
  if (*enrolment_no > record::enrolment_no_max) {
    return Error{Remedy::call_staff, "hub.enrolments_exhausted", "no case numbers are left"};
  }
  return Life{static_cast<std::uint32_t>(*enrolment_no), static_cast<std::uint64_t>(*epoch)};
}

Result<Enrolled> register_terminal(database::Database& database, const std::string& terminal_id,
                                   const std::string& device_key_pem, const Clock& clock) {
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto first = register_life(database, terminal_id, device_key_pem, "open", clock);
  if (!first) return first.error();
  Enrolled enrolled{first->enrolment_no, first->epoch, {}};
  for (int count = 0; count < spare_lives; ++count) {
    auto spare = register_life(database, terminal_id, device_key_pem, "spare", clock);
    if (!spare) return spare.error();
    enrolled.spares.push_back(*spare);
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return enrolled;
}

Result<void> put_public_files(const fs::path& hub_folder, const HubKeys& keys, const seal::Profile& profile,
                              const fs::path& to) {
  auto authority = read_file(hub_folder / "ca.crt", pem_size_max);
  if (!authority) return authority.error();
  if (auto done = put(to / "ca.crt", text_of(*authority)); !done) return done;
  if (auto done = put(to / "hub-seal.pub", seal::numbered_pem(keys.seal_key(profile))); !done) return done;
  return put(to / "hub-receipt.pub", keys.receipt_key(profile).pem());
}

Result<HubKeys> complete_keys(const fs::path& hub_folder) {
  if (auto done = HubKeys::complete(hub_folder); !done) return done.error();
  return HubKeys::load(hub_folder);
}

Result<void> put_certificate(const fs::path& hub_folder, const fs::path& folder, const std::string& name,
                             const seal::CertificateRequest& request) {
  auto authority = read_file(hub_folder / "ca.crt", pem_size_max);
  if (!authority) return authority.error();
  auto authority_key = seal::PrivateKey::load(hub_folder / "ca.key");
  if (!authority_key) return authority_key.error();
  const auto key = seal::PrivateKey::generate();
  auto certificate = seal::issue_certificate(text_of(*authority), *authority_key, key.public_key(), request);
  if (!certificate) return certificate.error();
  if (auto done = key.save(folder / (name + ".key")); !done) return done;
  return put(folder / (name + ".crt"), *certificate);
}

Result<void> make_database(const fs::path& folder, const std::string& url) {
  if (!url.empty()) {
    const auto setting = fmt::format("database = {}\n", url);
    if (auto done = write_file_durably(folder / hub_settings_file, view_of(setting), 0600); !done)
      return done;
  }
  auto database = open_hub_database(folder);
  if (!database) return database.error();
  auto lives = (*database)->prepare("SELECT count(*) FROM enrolment").number();
  if (!lives) return lives.error();
  if (*lives == 0) return {};
  return Error{Remedy::refuse, "hub.exists", "that database is another hub's: copy its folder"};
}

Result<void> fill_hub(const fs::path& folder, const std::vector<std::string>& hosts, const std::string& url) {
  if (auto done = HubKeys::make(folder); !done) return done;
  const auto authority_key = seal::PrivateKey::generate();
  if (auto done = authority_key.save(folder / "ca.key"); !done) return done;
  if (auto done = put(folder / "ca.crt", seal::make_authority(authority_key, "Bianmin hub authority"));
      !done) {
    return done;
  }
  const seal::CertificateRequest server{"kiosk-hub", seal::CertificateUse::server, hosts, seal::server_days};
  if (auto done = put_certificate(folder, folder, "server", server); !done) return done;
  return make_database(folder, url);
}

Result<Enrolled> fill_enrolment(const fs::path& hub_folder, const EnrolRequest& request,
                                database::Database& database, const HubKeys& keys,
                                const seal::Profile& profile, const Clock& clock) {
  if (auto done = put_public_files(hub_folder, keys, profile, request.out); !done) return done.error();
  const seal::CertificateRequest client{
      request.terminal_id, seal::CertificateUse::client, {}, seal::terminal_days};
  if (auto done = put_certificate(hub_folder, request.out, "tls", client); !done) return done.error();
  auto device_key = put_device_key(request, profile);
  if (!device_key) return device_key.error();
  auto enrolled = register_terminal(database, request.terminal_id, device_key->pem(), clock);
  if (!enrolled) return enrolled;
  auto terminal_conf = fmt::format(
      "terminal_id = {}\nepoch = {}\nenrolment_no = {}\nprofile = {}\nspares =", request.terminal_id,
      enrolled->epoch, enrolled->enrolment_no, request.profile);
  for (const Life& spare : enrolled->spares) {
    terminal_conf += fmt::format(" {}:{}", spare.epoch, spare.enrolment_no);
  }
  terminal_conf += '\n';
  if (auto done = put(request.out / "terminal.conf", terminal_conf); !done) return done.error();
  const auto agent_conf = fmt::format(
      "# paths are relative to this file\nenrolment = .\njournal = journal.db\nhub_url = {}\n"
      "wake_socket = agent.wake\nterminal_socket = terminal.wake\n",
      request.hub_url);
  if (auto done = put(request.out / "agent.conf", agent_conf); !done) return done.error();
  return enrolled;
}

}  // namespace

Result<void> init_hub(const fs::path& folder, const std::vector<std::string>& hosts, const std::string& url) {
  if (!url.empty()) {
    auto password = database::has_password(url);
    if (!password) return password.error();
    if (*password)
      return Error{Remedy::refuse, "hub.password_in_url", "put it into ~/.pgpass, or ?passfile="};
  }
  std::error_code unknown;  // then making the folder says what is wrong
  if (fs::exists(folder / "ca.key", unknown) || fs::exists(folder / "hub.db", unknown)) {
    return Error{Remedy::refuse, "hub.exists", folder.string() + " already is a hub's folder"};
  }
  return fill_folder(folder, [&] { return fill_hub(folder, hosts, url); });
}

Result<Enrolled> enrol_terminal(const fs::path& hub_folder, const EnrolRequest& request, const Clock& clock) {
  if (!record::valid_terminal_id(request.terminal_id)) {
    return Error{Remedy::refuse, "hub.bad_terminal_id", "1 to 64 letters, digits, '-' and '_'"};
  }
  std::error_code failure;
  if (fs::exists(request.out, failure) && !fs::is_empty(request.out, failure)) {
    return Error{Remedy::refuse, "hub.out_not_empty", request.out.string()};
  }
  auto database = open_hub_database(hub_folder);
  if (!database) return database.error();
  auto keys = complete_keys(hub_folder);
  if (!keys) return keys.error();
  const seal::Profile* profile = keys->profile(request.profile);
  if (profile == nullptr) return Error{Remedy::refuse, "hub.unknown_profile", request.profile};
  return fill_folder(request.out,
                     [&] { return fill_enrolment(hub_folder, request, **database, *keys, *profile, clock); });
}

Result<void> deny_terminal(const fs::path& hub_folder, const std::string& terminal_id) {
  auto database = open_hub_database(hub_folder);
  if (!database) return database.error();
  auto update = (*database)->prepare("UPDATE enrolment SET state = 'denied' WHERE terminal_id = ?");
  if (auto done = update.bind(std::string_view(terminal_id)).run(); !done) return done;
  if ((*database)->changes() > 0) return {};
  return Error{Remedy::refuse, "hub.unknown_terminal", "no such terminal is enrolled"};
}

}  // namespace bianmin::hub
