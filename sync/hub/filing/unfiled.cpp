#include "sync/hub/filing/unfiled.hpp"

#include <algorithm>

namespace bianmin::hub {

record::RecordId record_id_of(ByteView bytes) {
  record::RecordId id{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.size()), id.begin());
  return id;
}

Result<record::CaseRecord> open_unfiled(database::Database& database, custody::RecordOpener& opener,
                                        const Unfiled& one, std::string_view department) {
  auto query = database.prepare(
      "SELECT payload FROM payload WHERE received_utc_ms = ? AND terminal_id = ? AND epoch = ? AND seq = ?");
  query.bind(one.received_utc_ms).bind(std::string_view(one.terminal_id)).bind(one.epoch).bind(one.seq);
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::call_staff, "hub.payload_missing", one.terminal_id};
  auto record = opener.open_record(one.id, query.bytes(0), {"filing", std::string(department)});
  if (!record) return record;
  record->case_no = one.case_no;  // another than the sealed one when two cases had the same (Ingest::release)
  return record;
}

Result<void> mark_filed(database::Database& database, const Unfiled& one, record::RecordKind kind,
                        const departments::Acceptance& acceptance, std::string_view department) {
  auto filed =
      database.prepare("UPDATE record SET filed = 1 WHERE terminal_id = ? AND epoch = ? AND seq = ?");
  filed.bind(std::string_view(one.terminal_id)).bind(one.epoch);
  if (auto done = filed.bind(one.seq).run(); !done) return done;
  if (kind != record::RecordKind::service_case) return {};
  auto accepted = database.prepare(
      "UPDATE case_file SET accepted_utc_ms = ?, acceptance_no = ?, department = ? WHERE case_no = ? AND "
      "accepted_utc_ms = 0");
  accepted.bind(acceptance.accepted_utc_ms).bind(std::string_view(acceptance.number)).bind(department);
  return accepted.bind(std::string_view(one.case_no)).run();
}

}  // namespace bianmin::hub
