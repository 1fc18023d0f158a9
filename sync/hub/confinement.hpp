// What a process of the hub takes from itself, because it does not need it.
#pragma once

#include <filesystem>

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

}  // namespace bianmin::hub
