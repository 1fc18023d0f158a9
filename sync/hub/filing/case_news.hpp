// What departments tell of their cases, brought into `case_file` and, sealed, `certificate`.
#pragma once

#include "sync/custody/custody.hpp"
#include "sync/custody/sealer.hpp"
#include "sync/departments/department.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::hub {

// Thread-bound. Borrows everything.
class CaseNewsDesk {
 public:
  CaseNewsDesk(database::Database& database, const custody::Sealer& sealer, const Clock& clock)
      : database_(database), sealer_(sealer), clock_(clock) {}

  // Asks the department for what is new, when nobody has within `interval_ms`, and keeps it. True: there was
  // something, and there may be more at once. A department is believed about cases that it has accepted, and
  // about no other. Of two states of a case the later counts, by the department's clock. An entry that is
  // none becomes a dead letter (bad_news.hpp), and the others count. Errors: those of Department::news, of
  // Sealer and of the database; the same news come again next time.
  Result<bool> ask(departments::Department& department, std::string_view name, std::int64_t interval_ms);

 private:
  Result<std::optional<std::string>> take_turn(std::string_view name, std::int64_t interval_ms);
  Result<void> keep(std::string_view department, const departments::CaseNews& news);
  database::Database& database_;
  const custody::Sealer& sealer_;
  const Clock& clock_;
};

// The certificate that came back for a case. Personal data. Errors "hub.no_certificate" (refuse), those of
// RecordOpener.
Result<SecretBytes> find_certificate(database::Database& database, custody::RecordOpener& opener,
                                     const custody::Reason& reason, std::string_view case_no);

}  // namespace bianmin::hub
