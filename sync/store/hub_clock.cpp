#include "sync/store/hub_clock.hpp"

namespace bianmin::store {

Result<std::optional<ClockOffset>> read_clock_offset(Journal& journal) {
  auto query = journal.database().prepare("SELECT offset_ms, measured_utc_ms, code FROM hub_clock");
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return std::optional<ClockOffset>();
  return std::optional(ClockOffset{query.integer(0), query.integer(1), query.text(2)});
}

Result<void> write_clock_offset(Journal& journal, const ClockOffset& offset) {
  auto write = journal.database().prepare("INSERT OR REPLACE INTO hub_clock VALUES (1, ?, ?, ?)");
  return write.bind(offset.offset_ms).bind(offset.measured_utc_ms).bind(std::string_view(offset.code)).run();
}

}  // namespace bianmin::store
