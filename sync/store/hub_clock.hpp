// How far the terminal's clock is from the hub's. It is told to operators and shown; it changes no record:
// what a record says of its time is what the terminal's clock said, and the hub adds its own.
#pragma once

#include <optional>
#include <string>

#include "sync/store/journal.hpp"

namespace bianmin::store {

struct ClockOffset {
  std::int64_t offset_ms = 0;  // hub minus own
  std::int64_t measured_utc_ms = 0;
  std::string code;  // "", "clock.wrong" (own), "clock.implausible" (the hub's: its time was not taken)
  bool operator==(const ClockOffset&) const = default;
};

// Nothing until the agent has measured. Errors: those of database::Database.
Result<std::optional<ClockOffset>> read_clock_offset(Journal& journal);
Result<void> write_clock_offset(Journal& journal, const ClockOffset& offset);

}  // namespace bianmin::store
