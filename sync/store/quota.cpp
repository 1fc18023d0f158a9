#include "sync/store/quota.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "sync/store/kept_payloads.hpp"

namespace bianmin::store {

namespace {

// Four fifths of what may be used.
bool nearly(std::int64_t value, std::int64_t limit) { return value >= limit - limit / 5; }

Result<std::int64_t> oldest_unsent_utc_ms(database::Database& database) {
  std::int64_t oldest = 0;
  for (const std::string_view sql :
       {"SELECT envelope FROM record WHERE state = 'saved' ORDER BY seq LIMIT 1",
        "SELECT envelope FROM salvaged WHERE state = 'saved' ORDER BY epoch, seq LIMIT 1"}) {
    auto query = database.prepare(sql);
    auto row = query.step();
    if (!row) return row.error();
    auto envelope = record::decode_envelope(*row ? query.bytes(0) : Bytes());
    if (envelope && (oldest == 0 || envelope->created_utc_ms < oldest)) oldest = envelope->created_utc_ms;
  }
  return oldest;
}

Result<std::int64_t> count_unsent(database::Database& database, std::int64_t most) {
  std::int64_t count = 0;
  for (const std::string_view sql :
       {"SELECT count(*) FROM (SELECT 1 FROM record WHERE state = 'saved' LIMIT ?)",
        "SELECT count(*) FROM (SELECT 1 FROM salvaged WHERE state = 'saved' LIMIT ?)"}) {
    auto counted = database.prepare(sql).bind(most).number();
    if (!counted) return counted.error();
    count += *counted;
  }
  return count;
}

struct FileBytes {
  std::int64_t used = 0;  // with its WAL
  std::int64_t free = 0;  // pages of the file that nothing uses
};

Result<FileBytes> bytes_of_file(database::Database& database, const std::filesystem::path& path) {
  std::int64_t numbers[3] = {};
  constexpr std::string_view pragmas[3] = {"PRAGMA page_count", "PRAGMA freelist_count", "PRAGMA page_size"};
  for (std::size_t at = 0; at < std::size(pragmas); ++at) {
    auto counted = database.prepare(pragmas[at]).number();
    if (!counted) return counted.error();
    numbers[at] = *counted;
  }
  std::error_code none;
  const auto wal_bytes = std::filesystem::file_size(path.string() + "-wal", none);
  const auto& [pages, free_pages, page_size] = numbers;
  return FileBytes{(pages - free_pages) * page_size + (none ? 0 : static_cast<std::int64_t>(wal_bytes)),
                   free_pages * page_size};
}

// Kept contents have made the file larger than it would be. That is no loss as long as there is room for its
// log: what is let go of leaves pages in it.
std::int64_t room_for(const FileBytes& file, std::int64_t kept, std::int64_t free_bytes,
                      const QuotaLimits& limits) {
  if (free_bytes < limits.free_bytes_min / 4) return free_bytes;
  return free_bytes + std::min(file.free + kept, KeptLimits().bytes_max);
}

}  // namespace

std::string_view room_name(Room room) {
  switch (room) {
    case Room::enough:
      return "enough";
    case Room::soon_full:
      return "soon-full";
    case Room::full:
      return "full";
  }
  return "";
}

Quota judge_quota(const Fill& fill, const QuotaLimits& limits, std::int64_t now_utc_ms) {
  const std::int64_t age_ms = fill.oldest_unsent_utc_ms == 0 ? 0 : now_utc_ms - fill.oldest_unsent_utc_ms;
  const struct {
    std::string_view code;
    bool full;
    bool soon;
  } checks[] = {
      {"journal.disk_full", fill.free_bytes <= limits.free_bytes_min,
       fill.free_bytes <= limits.free_bytes_min + limits.free_bytes_min / 4},
      {"journal.too_large", fill.journal_bytes >= limits.journal_bytes_max,
       nearly(fill.journal_bytes, limits.journal_bytes_max)},
      {"journal.too_many_unsent", fill.unsent >= limits.unsent_max, nearly(fill.unsent, limits.unsent_max)},
      {"journal.unsent_too_long", age_ms >= limits.unsent_age_ms_max,
       nearly(age_ms, limits.unsent_age_ms_max)}};
  for (const auto& check : checks) {
    if (check.full) return {Room::full, check.code, fill};
  }
  for (const auto& check : checks) {
    if (check.soon) return {Room::soon_full, check.code, fill};
  }
  return {Room::enough, {}, fill};
}

Result<Quota> measure_quota(Journal& journal, const QuotaLimits& limits, std::int64_t now_utc_ms) {
  Fill fill;
  auto file = bytes_of_file(journal.database(), journal.path());
  if (!file) return file.error();
  auto kept = kept_bytes(journal);
  if (!kept) return kept.error();
  fill.journal_bytes = file->used - *kept;
  struct statvfs disk {};
  if (::statvfs(journal.path().c_str(), &disk) != 0) return file_error(journal.path(), errno);
  const auto free_bytes = static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
  fill.free_bytes = room_for(*file, *kept, free_bytes, limits);
  auto unsent = count_unsent(journal.database(), limits.unsent_max);
  if (!unsent) return unsent.error();
  fill.unsent = *unsent;
  auto oldest = oldest_unsent_utc_ms(journal.database());
  if (!oldest) return oldest.error();
  fill.oldest_unsent_utc_ms = *oldest;
  const bool short_of_room = nearly(file->used, limits.journal_bytes_max) ||
                             free_bytes <= limits.free_bytes_min + limits.free_bytes_min / 4;
  if (short_of_room && *kept > 0) {
    auto gone = let_go_of_kept(journal, {.bytes_max = 0}, now_utc_ms);
    if (!gone) return gone.error();
  }
  return judge_quota(fill, limits, now_utc_ms);
}

}  // namespace bianmin::store
