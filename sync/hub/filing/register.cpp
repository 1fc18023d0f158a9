#include "sync/hub/filing/register.hpp"

#include <fmt/format.h>

#include "terminal/base/secret.hpp"

namespace bianmin::hub {

departments::Outcome EmbeddedRegister::file(const record::CaseRecord& record) {
  auto entered = enter(record);
  return entered ? departments::Outcome::accept(std::move(entered).value())
                 : departments::Outcome::wait(entered.error());
}

Result<departments::Acceptance> EmbeddedRegister::enter(const record::CaseRecord& record) {
  auto encoded = record::encode(record);
  if (!encoded) return encoded.error();
  auto sealed = sealer_.seal(seal::Purpose::record, record.id, *encoded);
  wipe(encoded->data(), encoded->size());
  if (!sealed) return sealed.error();
  auto insert = database_.prepare(
      "INSERT INTO department_entry (record_id, case_no, record, filed_utc_ms, sealed) VALUES (?, ?, ?, ?, "
      "1) ON "
      "CONFLICT DO NOTHING");
  insert.bind(ByteView(record.id)).bind(std::string_view(record.case_no)).bind(ByteView(*sealed));
  if (auto done = insert.bind(clock_.utc_ms()).run(); !done) return done.error();
  auto query = database_.prepare("SELECT entry_no, filed_utc_ms FROM department_entry WHERE record_id = ?");
  auto row = query.bind(ByteView(record.id)).step();
  if (!row) return row.error();
  return departments::Acceptance{fmt::format("A{:010}", query.integer(0)), query.integer(1)};
}

}  // namespace bianmin::hub
