#include "sync/hub/store/hub_store.hpp"

#include "sync/database/postgres.hpp"
#include "sync/hub/store/postgres_migrations.hpp"
#include "sync/hub/store/sqlite_migrations.hpp"

namespace bianmin::hub {

Result<Config> hub_settings(const std::filesystem::path& folder) {
  const std::set<std::string_view> known = {"database", "filed_days"};
  auto settings = Config::load(folder / hub_settings_file, known);
  if (!settings && settings.error().code == "file.missing") return Config::parse({}, known);
  return settings;
}

Result<std::string> hub_database_url(const std::filesystem::path& folder) {
  auto settings = hub_settings(folder);
  if (!settings) return settings.error();
  return settings->text("database");
}

Result<std::unique_ptr<database::Database>> open_hub_database(const std::filesystem::path& folder,
                                                              database::Access access, const char* vfs) {
  auto url = hub_database_url(folder);
  if (!url) return url.error();
  if (!url->empty()) return database::connect(*url, postgres_migrations, access);
  return database::Database::open(folder / "hub.db", sqlite_migrations,
                                  {.access = access, .bulk = true, .vfs = vfs});
}

Result<std::optional<EnrolledTerminal>> find_enrolment(database::Database& database,
                                                       std::string_view terminal_id, std::uint64_t epoch) {
  auto query = database.prepare(
      "SELECT enrolment_no, device_key, state, head_seq, life FROM enrolment WHERE terminal_id = ? AND epoch "
      "= ?");
  auto row = query.bind(terminal_id).bind(epoch).step();
  if (!row) return row.error();
  if (!*row) return std::optional<EnrolledTerminal>();
  auto key = seal::PublicKey::from_pem(query.text(1));
  if (!key) return key.error();
  return std::optional(EnrolledTerminal{static_cast<std::uint32_t>(query.integer(0)), std::move(key).value(),
                                        query.text(2) != "active", query.unsigned_integer(3),
                                        query.text(4) == "spare"});
}

}  // namespace bianmin::hub
