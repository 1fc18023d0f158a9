#include "sync/hub/report.hpp"

#include <fmt/format.h>

#include "sync/hub/filing/unfiled.hpp"
#include "sync/record/document_parts.hpp"
#include "sync/record/envelope.hpp"

namespace bianmin::hub {

namespace {

// Of a case, the newest ones, in which its last document is looked for.
constexpr int document_records_max = 200;

}  // namespace

Result<HubReport> make_report(database::Database& database) {
  HubReport report;
  const std::pair<std::int64_t*, std::string_view> counts[] = {
      {&report.records, "SELECT count(*) FROM record WHERE code = ''"},
      {&report.cases, "SELECT count(*) FROM record WHERE code = '' AND kind = 1"},
      {&report.ratings, "SELECT count(*) FROM record WHERE code = '' AND kind = 2"},
      {&report.documents, "SELECT count(*) FROM record WHERE code = '' AND kind = 3"},
      {&report.accepted, "SELECT count(*) FROM case_file WHERE accepted_utc_ms > 0"},
      {&report.duplicates,
       "SELECT (SELECT count(*) - count(DISTINCT record_id) FROM record WHERE code = '')"
       " + (SELECT count(*) - count(DISTINCT case_no) FROM record WHERE code = '' AND kind = 1)"
       " + (SELECT count(*) - count(DISTINCT case_no) FROM department_entry e WHERE EXISTS "
       "    (SELECT 1 FROM known_record k JOIN record r ON r.terminal_id = k.terminal_id AND r.epoch = "
       "k.epoch "
       "     AND r.seq = k.seq WHERE k.record_id = e.record_id AND r.kind = 1))"},
      {&report.gaps,
       "SELECT CAST(coalesce(sum(missing), 0) AS BIGINT) FROM "
       "(SELECT max(seq) - count(*) AS missing FROM record GROUP BY terminal_id, epoch) AS lives"},
      {&report.signed_cases,
       "SELECT count(*) FROM record WHERE code = '' AND kind = 1 AND person_signature <> ''"},
      {&report.refused, "SELECT count(*) FROM record WHERE code <> ''"},
      {&report.quarantined, "SELECT count(*) FROM quarantine"},
      {&report.forks, "SELECT count(*) FROM quarantine WHERE code IN ('hub.fork', 'hub.broken_chain')"},
      {&report.released, "SELECT count(*) FROM quarantine WHERE released_utc_ms > 0"},
      {&report.events, "SELECT count(*) FROM operator_event"},
      {&report.terminals, "SELECT count(*) FROM enrolment WHERE life = 'open'"}};
  auto transaction = database::Transaction::begin_reading(database);
  if (!transaction) return transaction.error();
  for (const auto& [to, sql] : counts) {
    auto count = database.prepare(sql).number();
    if (!count) return count.error();
    *to = *count;
  }
  if (auto ended = transaction->commit(); !ended) return ended.error();
  return report;
}

Json to_json(const HubReport& report) {
  return Json{{"records", report.records},   {"cases", report.cases},
              {"ratings", report.ratings},   {"documents", report.documents},
              {"accepted", report.accepted}, {"duplicates", report.duplicates},
              {"gaps", report.gaps},         {"signed_cases", report.signed_cases},
              {"refused", report.refused},   {"quarantined", report.quarantined},
              {"forks", report.forks},       {"released", report.released},
              {"events", report.events},     {"terminals", report.terminals}};
}

Result<Json> describe_case(database::Database& database, std::string_view case_no) {
  auto file = database.prepare(
      "SELECT terminal_id, service_id, received_utc_ms, accepted_utc_ms, acceptance_no, department_state, "
      "department_utc_ms, epoch, seq FROM case_file WHERE case_no = ?");
  auto row = file.bind(case_no).step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "hub.no_such_case", std::string(case_no)};
  Json out;
  out["case_no"] = std::string(case_no);
  out["terminal"] = file.text(0);
  out["service"] = file.text(1);
  out["state"] = file.integer(3) > 0 ? "accepted" : "received";
  out["received_utc_ms"] = file.integer(2);
  out["accepted_utc_ms"] = file.integer(3);
  out["acceptance_no"] = file.text(4);
  out["department_state"] = file.text(5);
  out["department_utc_ms"] = file.integer(6);
  out["records"] = Json::array();
  // Of a case that a hub from before `case_file.seq` took in, its own record is looked for in all of the
  // terminal's.
  auto records = database.prepare(fmt::format(
      "SELECT epoch, seq, kind, code, filed, person_signature FROM record WHERE case_no = ?1 AND (kind <> 1 "
      "OR code <> '') UNION ALL SELECT epoch, seq, kind, code, filed, person_signature FROM record WHERE "
      "case_no = ?1 AND kind = 1 AND code = '' AND terminal_id = ?2{} ORDER BY epoch, seq",
      file.integer(8) > 0 ? " AND epoch = ?3 AND seq = ?4" : ""));
  records.bind(case_no).bind(std::string_view(file.text(0)));
  if (file.integer(8) > 0) records.bind(file.integer(7)).bind(file.integer(8));
  for (;;) {
    auto next = records.step();
    if (!next) return next.error();
    if (!*next) return out;
    out["records"].push_back(
        {{"epoch", records.integer(0)},
         {"seq", records.integer(1)},
         {"kind", std::string(record::word_of(static_cast<record::RecordKind>(records.integer(2))))},
         {"refused", records.text(3)},
         {"person_signature", records.text(5)},
         {"filed", records.integer(4) == 1}});
  }
}

Result<record::Document> find_document(database::Database& database, custody::RecordOpener& opener,
                                       const custody::Reason& reason, std::string_view case_no) {
  auto query = database.prepare(
      "SELECT e.record, e.sealed, e.record_id FROM record r JOIN department_entry e ON e.record_id = "
      "r.record_id "
      "WHERE r.case_no = ? AND r.kind = 3 AND r.kind <> 1 AND r.code = '' ORDER BY e.entry_no DESC LIMIT ?");
  query.bind(case_no).bind(document_records_max);
  record::DocumentParts parts;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    auto record = query.integer(1) == 1
                      ? opener.open_record(record_id_of(query.bytes(2)), query.bytes(0), reason)
                      : record::decode_case_record(query.bytes(0));
    if (!record) return record.error();
    auto whole = parts.add(std::move(record->document).value_or(record::Document()));
    if (whole) return std::move(*whole);
  }
  const auto unfinished = parts.unfinished();
  if (!unfinished) return Error{Remedy::refuse, "hub.no_document", std::string(case_no)};
  return Error{Remedy::refuse, "hub.document_unfinished",
               fmt::format("{}: {} of {} parts have arrived", case_no, unfinished->have, unfinished->count)};
}

}  // namespace bianmin::hub
