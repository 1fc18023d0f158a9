// Whether this hub should be sent requests.
#pragma once

#include <filesystem>

#include "sync/database/database.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

constexpr std::uint64_t ready_disk_bytes_min = std::uint64_t{64} * 1024 * 1024;
constexpr std::int64_t readiness_kept_ms = 1'000;  // so long an answer of the database is good

// Thread-bound. Borrows the database and the clock.
class Readiness {
 public:
  // `folder`: where the hub writes.
  Readiness(database::Database& database, std::filesystem::path folder, const Clock& clock,
            std::uint64_t disk_bytes_min = ready_disk_bytes_min)
      : database_(database), folder_(std::move(folder)), clock_(clock), disk_bytes_min_(disk_bytes_min) {}

  void drain() { draining_ = true; }
  bool draining() const { return draining_; }
  // Errors: "hub.draining" (retry later: elsewhere), "hub.disk_full" (call staff: less than
  // ready_disk_bytes_min is free), those of database::Database. Blocks for the database.
  Result<void> check();

 private:
  Result<void> ask_database();
  database::Database& database_;
  std::filesystem::path folder_;
  const Clock& clock_;
  std::uint64_t disk_bytes_min_;
  bool draining_ = false;
  std::int64_t asked_at_ms_ = INT64_MIN / 2;
  Result<void> answer_;
};

}  // namespace bianmin::hub
