// The hub's database and keys, in one folder:
//   hub.conf            settings; may be missing:
//                         database = postgresql://hub@db.example/bianmin    (database/postgres.hpp)
//                         filed_days = 30        (how long the queue remembers what departments have taken
//                         up)
//   hub.db              everything that arrived, when no other database is set
//   seal.pub, receipt.key, gm-1/, …  the keys of each profile (hub_keys.hpp)
//   custody/            what opens records (custody/key_folder.hpp)
//   ca.key ca.crt       signs the certificates of the server and of the terminals
//   server.key server.crt
//   departments.json    which department gets what (departments/department_book.hpp); may be missing
//   eid-trust/          the authorities whose electronic IDs are believed; may be missing
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sync/database/database.hpp"
#include "sync/hub/store/hub_keys.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::hub {

constexpr const char* hub_settings_file = "hub.conf";

// What hub.conf says; nothing, when it is missing. Errors: those of Config.
Result<Config> hub_settings(const std::filesystem::path& folder);

// What hub.conf says of the database; empty: it is hub.db. Errors: those of Config.
Result<std::string> hub_database_url(const std::filesystem::path& folder);

// The database that hub.conf names, or else hub.db. `vfs`: for hub.db alone.
Result<std::unique_ptr<database::Database>> open_hub_database(
    const std::filesystem::path& folder, database::Access access = database::Access::read_write,
    const char* vfs = nullptr);

struct EnrolledTerminal {
  std::uint32_t enrolment_no = 0;
  seal::PublicKey device_key;  // its curve says the profile in which this terminal is believed
  bool denied = false;
  std::uint64_t head_seq = 0;
  bool spare = false;  // a life that has not begun
};

Result<std::optional<EnrolledTerminal>> find_enrolment(database::Database& database,
                                                       std::string_view terminal_id, std::uint64_t epoch);

}  // namespace bianmin::hub
