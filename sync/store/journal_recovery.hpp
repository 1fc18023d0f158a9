// Opens the journal of a terminal, and replaces it when it is damaged.
//
// A damaged journal is set aside whole: journal.db.damaged-EPOCH. The terminal takes its next spare life;
// what can be read of its records goes into the new journal (table `salvaged`), and from there to the hub as
// what it is: records of the earlier life. A spare has case numbers of its own, so none is given out twice.
//
// Beside "journal.db":
//   journal.db.life       the epoch that is lived now; written before its journal gets its name
//   journal.db.lock       held shared while a process has the journal open, exclusive to replace it
//   journal.db.wish       somebody found damage while others had it open: see Journal::has_to_close()
//   journal.db.new        a replacement that is being made
// A journal that is missing, though a life says that there was one, counts as damaged.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sync/store/journal.hpp"
#include "sync/store/journal_folder.hpp"

namespace bianmin::store {

constexpr int journal_lock_wait_ms = 5'000;

// Terminal and agent both call this at their start, whoever comes first does the work. The journal's identity
// is the life that it belongs to. Blocks up to journal_lock_wait_ms while another process opens or replaces
// it, and for reading the whole file. Errors: those of Journal::open and of files;
//   "store.corrupt" (call staff)        it is damaged, and another process still has it open: try again
//   "store.spares_used_up" (call staff) no life is left: the terminal has to be enrolled anew; the file stays
Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& path,
                                              const std::filesystem::path& enrolment_folder);

// The same with its files behind an interface; `name` as "journal.db".
Result<std::unique_ptr<Journal>> open_journal(JournalFolder& folder, const std::string& name,
                                              const std::vector<Identity>& lives);

}  // namespace bianmin::store
