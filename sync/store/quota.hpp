// How full a journal is, so that new work is refused before its disk is, and never after it was done.
#pragma once

#include <string_view>

#include "sync/store/journal.hpp"

namespace bianmin::store {

// At these the journal is full. What is left below them on the disk is for whoever is being served: a case
// with its document, its slip and its rating always fit.
struct QuotaLimits {
  std::int64_t journal_bytes_max = 1'073'741'824;
  std::int64_t free_bytes_min = 67'108'864;  // of its file system
  std::int64_t unsent_max = 100'000;
  std::int64_t unsent_age_ms_max = 5'184'000'000;  // 60 days
};

enum class Room {
  enough,
  soon_full,  // four fifths of a limit: somebody has to look
  full,       // no new service may begin
};

std::string_view room_name(Room room);  // "enough", "soon-full", "full"

struct Fill {
  std::int64_t journal_bytes = 0;  // in use, with its WAL, without what is only kept (kept_payloads.hpp)
  std::int64_t free_bytes = 0;  // and what it could take of its own pages, because contents need not be kept
  std::int64_t unsent = 0;      // counted up to QuotaLimits::unsent_max
  std::int64_t oldest_unsent_utc_ms = 0;  // 0: nothing waits
};

struct Quota {
  Room room = Room::enough;
  // Which limit: "journal.too_large", "journal.disk_full", "journal.too_many_unsent",
  // "journal.unsent_too_long"; empty while there is enough.
  std::string_view code;
  Fill fill;
};

// Takes well under a millisecond, however long the queue is; while there is not enough room, some more for
// letting go of a step of what is only kept. Errors: those of database::Database and of files.
Result<Quota> measure_quota(Journal& journal, const QuotaLimits& limits, std::int64_t now_utc_ms);

// The judgement alone.
Quota judge_quota(const Fill& fill, const QuotaLimits& limits, std::int64_t now_utc_ms);

}  // namespace bianmin::store
