// Takes records in from a USB stick, many to a commit.
#pragma once

#include <filesystem>
#include <functional>
#include <map>

#include "sync/hub/ingest/ingest_batch.hpp"
#include "sync/stick/stick_file.hpp"

namespace bianmin::hub {

struct StickImport {
  std::int64_t records = 0;                     // in the file
  std::int64_t receipts = 0;                    // written
  std::map<std::string, std::int64_t> refused;  // without a receipt, by code
};

// Writes the receipts to `receipts_path`, whole or not at all, after all of the file is taken in.
// Interrupted, it is simply done again: a record that is here gets its old receipt. The same file again
// changes nothing. What is refused without a receipt stays with its terminal. Errors: those of stick::read,
// of files and of database::Database.
Result<StickImport> import_stick(IngestBatch& ingest, const Clock& clock, const std::filesystem::path& file,
                                 const std::filesystem::path& receipts_path,
                                 const std::function<void(std::int64_t records_done)>& progress);

}  // namespace bianmin::hub
