// A record on its way to its department.
#pragma once

#include "sync/custody/custody.hpp"
#include "sync/departments/department.hpp"
#include "sync/hub/store/hub_store.hpp"

namespace bianmin::hub {

constexpr int filed_by_queue = 2;  // record.filed of what is in table `filing`, until a department has it

struct Unfiled {
  std::string terminal_id;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  std::int64_t received_utc_ms = 0;
  record::RecordId id{};
  std::string case_no;
};

// Its content, to file it with `department`: personal data. Errors: "hub.payload_missing" (call staff), those
// of RecordOpener and of the database.
Result<record::CaseRecord> open_unfiled(database::Database& database, custody::RecordOpener& opener,
                                        const Unfiled& one, std::string_view department);

// `department` ("": the register) has it. Inside the caller's transaction.
Result<void> mark_filed(database::Database& database, const Unfiled& one, record::RecordKind kind,
                        const departments::Acceptance& acceptance, std::string_view department);

record::RecordId record_id_of(ByteView bytes);

}  // namespace bianmin::hub
