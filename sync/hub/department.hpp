// Where accepted records go. Implementations: EmbeddedRegister.
#pragma once

#include <cstdint>
#include <string>

#include "sync/record/case_record.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::hub {

struct Acceptance {
  std::string number;
  std::int64_t accepted_utc_ms = 0;
};

// Thread-bound.
class Department {
 public:
  virtual ~Department() = default;
  // Takes the record up, durably, before it returns. The same record id again returns the same acceptance:
  // the hub repeats itself after a crash. An error is tried again later.
  virtual Result<Acceptance> file(const record::CaseRecord& record) = 0;
};

}  // namespace bianmin::hub
