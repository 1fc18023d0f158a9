// Ingest::release: what an operator lets out of the quarantine.
#include <fmt/format.h>

#include <algorithm>

#include "sync/hub/ingest/ingest.hpp"
#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

Result<Bytes> Ingest::release(const record::Digest& digest, const Release& release) {
  if (release.operator_name.empty() || release.reason.empty()) {
    return Error{Remedy::refuse, "hub.release_unsigned", "who lets it out, and why?"};
  }
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto arrival = quarantined(digest);
  if (!arrival) return arrival.error();
  if (auto locked = lock_life(*arrival); !locked) return locked.error();
  if (!in_own_profile(*arrival)) return Error{Remedy::refuse, "hub.no_case_of_it", "hub.downgraded_profile"};
  auto earlier = released_receipt(*arrival);
  if (!earlier) return earlier.error();
  if (*earlier) return std::move(**earlier);
  auto verdict = judge(*arrival);
  if (!verdict) return verdict.error();
  if (!verdict->code.empty() && verdict->code != "hub.repeated_case") {
    return Error{Remedy::refuse, "hub.no_case_of_it", verdict->code};
  }
  verdict->code.clear();
  const record::Envelope& envelope = arrival->envelope;
  auto place = place_of_released(envelope);
  if (!place) return place.error();
  Writes writes;
  auto receipt = store(*arrival, *place, *verdict, writes);
  if (!receipt) return receipt;
  auto done = database_.prepare(
      "UPDATE quarantine SET released_utc_ms = ?, released_by = ?, release_reason = ?, receipt = ? WHERE "
      "digest "
      "= ?");
  done.bind(clock_.utc_ms()).bind(std::string_view(release.operator_name));
  done.bind(std::string_view(release.reason)).bind(ByteView(*receipt));
  done.bind(ByteView(digest));
  writes.push_back(std::move(done));
  auto noted = note_event(database_, clock_.utc_ms(), {envelope.terminal_id, envelope.epoch}, "released",
                          fmt::format("record {} by {}", envelope.seq, release.operator_name));
  if (!noted) return noted.error();
  if (auto committed = commit_writes(*transaction, writes); !committed) return committed.error();
  return receipt;
}

Result<Ingest::Known> Ingest::quarantined(const record::Digest& digest) {
  auto query = database_.prepare("SELECT envelope, signature, payload FROM quarantine WHERE digest = ?");
  auto row = query.bind(ByteView(digest)).step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "hub.not_in_quarantine", to_hex(digest)};
  record::Upload upload{query.bytes(0), query.bytes(1), query.bytes(2)};
  auto envelope = record::decode_envelope(upload.envelope);
  if (!envelope) return envelope.error();
  auto terminal = find_enrolment(database_, envelope->terminal_id, envelope->epoch);
  if (!terminal) return terminal.error();
  if (!*terminal) return Error{Remedy::refuse, "hub.unknown_terminal", {}};
  const auto* profile = keys_.profile(seal::profile_name((*terminal)->device_key.curve()));
  return Known{{std::move(upload), std::move(envelope).value(), digest, profile}, std::move(**terminal)};
}

Result<Ingest::Place> Ingest::place_of_released(const record::Envelope& envelope) {
  auto last =
      database_.prepare("SELECT coalesce(max(seq), 0) FROM record WHERE terminal_id = ? AND epoch = 0");
  auto seq = last.bind(std::string_view(envelope.terminal_id)).number();
  if (!seq) return seq.error();
  Place place{0, static_cast<std::uint64_t>(*seq) + 1, envelope.case_no};
  const bool is_case = envelope.kind == record::RecordKind::service_case;
  auto case_no = is_case ? free_case_no(envelope.case_no) : case_no_of_branch(envelope);
  if (!case_no) return case_no.error();
  place.case_no = std::move(case_no).value();
  return place;
}

Result<std::string> Ingest::free_case_no(const std::string& case_no) {
  for (int number = 2;; ++number) {
    std::string candidate = fmt::format("{}/{}", case_no, number);
    auto taken = exists("SELECT 1 FROM case_file WHERE case_no = ?", candidate);
    if (!taken) return taken.error();
    if (!*taken) return candidate;
  }
}

// A rating or a document of a case that is, or was, in quarantine belongs to that one, not to the case of the
// same number in the chain.
Result<std::string> Ingest::case_no_of_branch(const record::Envelope& envelope) {
  auto query = database_.prepare(
      "SELECT q.released_utc_ms, coalesce(r.case_no, '') FROM quarantine q LEFT JOIN record r ON "
      "r.terminal_id = "
      "q.terminal_id AND r.epoch = 0 AND r.digest = q.digest WHERE q.terminal_id = ? AND q.epoch = ? AND "
      "q.kind "
      "= 1 AND q.case_no = ? ORDER BY q.seq DESC LIMIT 1");
  query.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch);
  auto row = query.bind(std::string_view(envelope.case_no)).step();
  if (!row) return row.error();
  if (!*row) return envelope.case_no;
  if (query.integer(0) == 0) return Error{Remedy::refuse, "hub.release_case_first", envelope.case_no};
  return query.text(1);
}

}  // namespace bianmin::hub
