// Passes what was ingested on to the register that comes with the hub. What the book of departments sends
// elsewhere waits in a queue (filing_queue.hpp). Two hubs may file the same record at once: the register
// gives both the same acceptance.
#pragma once

#include <set>
#include <span>

#include "sync/hub/filing/register.hpp"
#include "sync/hub/filing/unfiled.hpp"

namespace bianmin::hub {

constexpr int filing_batch = 100;                  // held in memory, and committed, at once
constexpr std::size_t filing_failed_max = 10'000;  // remembered, to look at them last

// Thread-bound. Borrows everything.
class Filing {
 public:
  Filing(database::Database& database, custody::RecordOpener& opener, EmbeddedRegister& department)
      : database_(database), opener_(opener), department_(department) {}

  // Files what is not filed yet, but for what has failed before. One that fails does not hold up the others.
  // Returns how many were filed. Errors: those of the database, and "custody.away": the rest waits.
  Result<int> file_new();
  // Tries what has failed as well: at start, for what a crash left behind, and from time to time.
  Result<int> file_all();

 private:
  using Key = std::tuple<std::string, std::uint64_t, std::uint64_t>;
  Result<std::vector<Unfiled>> next_batch(const Unfiled& after);
  struct Opened {
    const Unfiled* from;
    record::CaseRecord record;
  };
  Result<int> file_batch(const std::vector<Unfiled>& records);
  Result<void> file_together(std::span<const Opened> records);
  Result<void> file_one(const Opened& one);
  void put_off(const Unfiled& one);
  database::Database& database_;
  custody::RecordOpener& opener_;
  EmbeddedRegister& department_;
  std::set<Key> failed_;
};

}  // namespace bianmin::hub
