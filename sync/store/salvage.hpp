// Reads sealed records out of a journal file that SQLite cannot read any more.
//
// It looks at every page of the file and of its WAL by itself, without the tables' trees, and takes what
// proves to be a record: an envelope that decodes strictly, and a payload with the digest that stands in it.
// So a page that is damaged costs what lay on it and nothing else; an older version of a row that still lies
// about is taken too, which is harmless, because the hub takes each record once. The form of the file:
// "Database File Format" and "WAL-mode File Format" of sqlite.org.
#pragma once

#include <functional>
#include <string>

#include "sync/record/envelope.hpp"
#include "sync/store/journal_folder.hpp"

namespace bianmin::store {

struct SalvagedRecord {
  record::Envelope envelope;
  Bytes envelope_bytes;
  Bytes signature;
  Bytes payload;  // empty: the hub had signed for it
  Bytes receipt;
  std::string state;
  std::string code;
};

struct SalvageCounts {
  std::int64_t pages = 0;
  std::int64_t records = 0;  // versions of records, so one may count twice
};

// Gives each record that can be read to `take`, the same one perhaps several times. Ends early with its
// error. A file that is missing has none. Errors: those of files, of `take`.
Result<SalvageCounts> salvage_records(const JournalFolder& folder, const std::string& name,
                                      const std::function<Result<void>(const SalvagedRecord&)>& take);

}  // namespace bianmin::store
