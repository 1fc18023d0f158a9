// The terminal's side of a USB stick: what waits for the hub goes out, the hub's receipts come in.
#pragma once

#include <filesystem>
#include <functional>

#include "sync/stick/stick_file.hpp"
#include "sync/store/outbox.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::store {

struct StickExport {
  std::int64_t files = 0;    // written now
  std::int64_t records = 0;  // in them
  std::int64_t already = 0;  // records that were on the stick before
};

struct StickImport {
  std::int64_t settled = 0;  // receipts that this journal's records have now, or had already
  std::int64_t refused = 0;  // of those: the hub keeps the record, but no case came of it
  std::int64_t foreign = 0;  // receipts for no record of this journal
  std::int64_t forged = 0;   // not signed by this hub, or damaged
};

using StickProgress = std::function<void(std::int64_t records_done)>;

// Writes all records that wait into files "bianmin-TERMINAL-EPOCH-SEQ.records" in `folder`, each whole or not
// at all. Changes nothing in the journal: what goes over the network meanwhile is fine. Goes on where it was
// interrupted: records in whole files that are there already are not written again. Errors: those of files
// and of database::Database; what was written until then stays.
Result<StickExport> export_queue(Journal& journal, Outbox& outbox, const std::filesystem::path& folder,
                                 const Clock& clock, const StickProgress& progress);

// Gives each receipt of the file to Outbox::settle. The same file again changes nothing. Errors: those of
// stick::read and of database::Database; what was settled until then stays.
Result<StickImport> import_receipts(Outbox& outbox, const std::filesystem::path& file,
                                    const StickProgress& progress);

}  // namespace bianmin::store
