#include "sync/hub/ingest/quarantine.hpp"

#include <algorithm>

namespace bianmin::hub {

namespace {

constexpr std::string_view columns =
    "SELECT digest, terminal_id, epoch, seq, received_utc_ms, code, released_utc_ms, released_by, "
    "release_reason, envelope FROM quarantine ";

Result<std::vector<Quarantined>> read_rows(database::Statement& query) {
  std::vector<Quarantined> list;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return list;
    Quarantined one;
    const Bytes digest = query.bytes(0);
    std::copy_n(digest.begin(), std::min(digest.size(), one.digest.size()), one.digest.begin());
    one.terminal_id = query.text(1);
    one.epoch = query.unsigned_integer(2);
    one.seq = query.unsigned_integer(3);
    one.received_utc_ms = query.integer(4);
    one.code = query.text(5);
    one.released_utc_ms = query.integer(6);
    one.released_by = query.text(7);
    one.release_reason = query.text(8);
    auto envelope = record::decode_envelope(query.bytes(9));
    if (!envelope) return envelope.error();
    one.envelope = std::move(envelope).value();
    list.push_back(std::move(one));
  }
}

}  // namespace

Result<std::vector<Quarantined>> list_quarantine(database::Database& database) {
  auto query = database.prepare(
      std::string(columns) +
      "ORDER BY released_utc_ms > 0, received_utc_ms, terminal_id, epoch, seq, digest LIMIT ?");
  query.bind(quarantine_listed_max);
  return read_rows(query);
}

Result<Quarantined> find_quarantined(database::Database& database, std::string_view digest) {
  constexpr std::size_t digit_count = 2 * sizeof(record::Digest);
  const bool digits = digest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (digest.empty() || digest.size() > digit_count || !digits)
    return Error{Remedy::refuse, "hub.not_in_quarantine", std::string(digest)};
  std::string lowest(digest.substr(0, digit_count));
  std::string highest = lowest;
  lowest.resize(digit_count, '0');
  highest.resize(digit_count, 'f');
  auto from = from_hex(lowest);
  if (!from) return from.error();
  auto to = from_hex(highest);
  if (!to) return to.error();
  auto query = database.prepare(std::string(columns) + "WHERE digest >= ? AND digest <= ? LIMIT 2");
  query.bind(ByteView(*from)).bind(ByteView(*to));
  auto found = read_rows(query);
  if (!found) return found.error();
  if (found->empty()) return Error{Remedy::refuse, "hub.not_in_quarantine", std::string(digest)};
  if (found->size() > 1) return Error{Remedy::refuse, "hub.ambiguous_digest", "give more digits"};
  return std::move(found->front());
}

Json to_json(const Quarantined& one) {
  return Json{{"digest", to_hex(one.digest)},
              {"terminal", one.terminal_id},
              {"epoch", one.epoch},
              {"seq", one.seq},
              {"received_utc_ms", one.received_utc_ms},
              {"code", one.code},
              {"case_no", one.envelope.case_no},
              {"service", one.envelope.service_id},
              {"created_utc_ms", one.envelope.created_utc_ms},
              {"released_utc_ms", one.released_utc_ms},
              {"released_by", one.released_by},
              {"release_reason", one.release_reason}};
}

}  // namespace bianmin::hub
