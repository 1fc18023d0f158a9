// The department that comes with the hub: a register in the hub's own database that accepts every case.
// What is in a case it keeps sealed.
#pragma once

#include "sync/custody/sealer.hpp"
#include "sync/database/database.hpp"
#include "sync/departments/department.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

class EmbeddedRegister : public departments::Department {
 public:
  EmbeddedRegister(database::Database& database, const custody::Sealer& sealer, const Clock& clock)
      : database_(database), sealer_(sealer), clock_(clock) {}
  // Codes: those of the database and of Sealer.
  departments::Outcome file(const record::CaseRecord& record) override;

 private:
  Result<departments::Acceptance> enter(const record::CaseRecord& record);
  database::Database& database_;
  const custody::Sealer& sealer_;
  const Clock& clock_;
};

}  // namespace bianmin::hub
