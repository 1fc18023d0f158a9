// What waits and what is amiss, counted cheaply enough to be asked for every few seconds: each question looks
// at no more than counted_max rows, over an index.
#pragma once

#include <string>
#include <vector>

#include "sync/database/database.hpp"
#include "sync/hub/watch/metrics.hpp"

namespace bianmin::hub {

constexpr int counted_max = 10'000;

struct DepartmentBacklog {
  std::string department;
  std::int64_t waiting = 0;  // of the counted_max oldest that wait or are dead
  std::int64_t dead = 0;
  std::int64_t oldest_waiting_utc_ms = 0;  // 0: nothing waits
};

struct Backlog {
  std::vector<DepartmentBacklog> departments;
  std::int64_t gaps = 0;                                     // counted_max: that or more
  std::vector<std::pair<std::string, std::int64_t>> events;  // kind and count, of the last day's newest
};

// Errors: those of database::Database. Blocks for the database.
Result<Backlog> read_backlog(database::Database& database, std::int64_t now_utc_ms);

// As gauges, in place of what they were.
void show_backlog(const Backlog& backlog, std::int64_t now_utc_ms, Metrics& metrics);

}  // namespace bianmin::hub
