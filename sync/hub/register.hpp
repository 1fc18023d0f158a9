// The department that comes with the hub: a register in the hub's own database that accepts every case.
#pragma once

#include "sync/database/database.hpp"
#include "sync/hub/department.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

class EmbeddedRegister : public Department {
 public:
  EmbeddedRegister(database::Database& database, const Clock& clock) : database_(database), clock_(clock) {}
  Result<Acceptance> file(const record::CaseRecord& record) override;

 private:
  database::Database& database_;
  const Clock& clock_;
};

}  // namespace bianmin::hub
