// What a process of the hub takes from itself, because it does not need it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "sync/departments/department_book.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::hub {

// No other process of the same user reads this one's memory or traces it, it leaves no core file, and it and
// its children never gain a right by exec. For who has keys or plain records.
void guard_memory();

// Where SQLite puts what does not fit into memory, because /tmp will be out of reach: DIR/tmp. Call first of
// all, before a database is open.
void prepare_confinement(const std::filesystem::path& hub_folder);

struct Confined {
  int landlock_abi = 0;  // 0: the kernel has none
  bool shaded = false;   // the folder `custody` is out of sight (root alone can have that)
  bool offline = false;  // no socket but AF_UNIX can be made
};

// For who takes records in, once its files are open and before it has threads. Afterwards:
//  - of the files it reaches those that it needs: the database, the hub's own keys and settings, DIR/tmp for
//    SQLite, and what programs of the system read (/etc, /usr, its own /proc). None below DIR/custody, and no
//    socket or memory of another process: Landlock does not let it trace who is outside;
//  - it has no capabilities, gains none by exec, and listens on no further port (Landlock ABI 4), connects to
//    none when the database is a file, and signals nobody else (ABI 6).
// Landlock does not ask about stat(): size and times of what is there can be seen unless it is shaded.
// Warns in the log, once, of what this kernel cannot do. Errors, call staff: "hub.cannot_confine": the kernel
// could, and does not.
Result<Confined> confine_ingest(const std::filesystem::path& hub_folder, Log& log);

// For custody, once its keys, its list and its sockets are open and before it has threads. Afterwards it
// reaches DIR/custody, what programs of the system read, and, where a key is in a token, the module, the
// PIN's file and what the module needs (custody::places_of): neither the database nor any other key of the
// hub. It starts no program, has no capabilities, and makes no socket but AF_UNIX, unless the token is one
// behind a network (TokenSettings::network). Warnings and errors as above.
Result<Confined> confine_custody(const std::filesystem::path& hub_folder, Log& log);

// For who files, once its databases are open and before it has threads. Afterwards it reaches the database,
// the files and ports that it needs, and what programs of the system read: no key of the hub, neither the
// opening ones nor those that sign. It starts no program, listens nowhere and has no capabilities. Warnings
// and errors as above.
struct FilingNeeds {
  std::vector<std::filesystem::path> files;  // certificates and keys for departments
  std::vector<std::uint16_t> ports;          // TCP: of departments, of the database, of names
};
FilingNeeds needs_of_filing(const departments::DepartmentBook& book, std::string_view database_url);
Result<Confined> confine_filing(const std::filesystem::path& hub_folder, const FilingNeeds& needs, Log& log);

}  // namespace bianmin::hub
