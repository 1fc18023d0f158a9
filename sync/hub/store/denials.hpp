// Which terminals have been shut out, for who has to cut their connections: in this process or in another hub
// over the same database.
#pragma once

#include <string>
#include <unordered_set>

#include "sync/database/database.hpp"

namespace bianmin::hub {

constexpr int denied_held_max = 100'000;  // the rest are refused at each request, but not cut
constexpr int looks_between_readings_max = 60;

// Thread-bound. Borrows the database.
class Denials {
 public:
  explicit Denials(database::Database& database) : database_(database) {}

  // Counts what is denied, over an index of that alone, and reads it again when there are more of them or new
  // enrolments (which let a terminal in again), and after looks_between_readings_max looks at the latest.
  // Errors: those of database::Database; what was known stays. Blocks for the database.
  Result<void> look();
  // All lives of it are denied, as of the last look.
  bool contains(const std::string& terminal_id) const { return denied_.contains(terminal_id); }
  bool empty() const { return denied_.empty(); }

 private:
  struct Generation {
    std::int64_t denied_count = 0;
    std::int64_t last_enrolment_no = 0;
    bool operator==(const Generation&) const = default;
  };
  Result<void> read();
  database::Database& database_;
  Generation read_at_;
  int looks_since_ = 0;
  std::unordered_set<std::string> denied_;
};

}  // namespace bianmin::hub
