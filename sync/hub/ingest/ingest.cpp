#include "sync/hub/ingest/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/hub/filing/filing_queue.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "sync/record/case_no.hpp"

namespace bianmin::hub {

namespace {
Error refuse(std::string_view code) { return {Remedy::refuse, code, {}}; }
}  // namespace

Result<Bytes> Ingest::take(std::string_view terminal_id, ByteView upload) {
  auto arrival = authenticate(terminal_id, upload);
  if (!arrival) {
    note_refused(terminal_id, arrival.error().code);
    return arrival.error();
  }
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto locked = lock_life(*arrival); !locked) return locked.error();
  if (arrival->terminal.denied) return refuse("hub.denied");
  auto earlier = in_own_profile(*arrival) ? earlier_receipt(*arrival) : refuse("hub.downgraded_profile");
  if (earlier && *earlier) return std::move(**earlier);
  auto placed = earlier ? check_place(*arrival) : Result<void>(earlier.error());
  if (placed) return commit(*arrival, *transaction);
  if (!placed.error().code.starts_with("hub.")) return placed.error();
  auto released = released_receipt(*arrival);
  if (!released) return released.error();
  if (*released) return std::move(**released);
  if (auto kept = quarantine(*arrival, placed.error().code); !kept) return kept.error();
  if (auto kept = transaction->commit(); !kept) return kept.error();
  return placed.error();
}

// A denied or unknown terminal is no news: operators have denied it. The event is worth less than the answer,
// so that a full disk does not hide it.
void Ingest::note_refused(std::string_view terminal_id, std::string_view code) {
  if (!code.starts_with("hub.") || code == "hub.denied" || code == "hub.unknown_terminal") return;
  const std::string_view kind = code.substr(code.find('.') + 1);
  (void)note_event(database_, clock_.utc_ms(), {terminal_id}, kind, "an upload was refused");
}

Result<Ingest::Known> Ingest::authenticate(std::string_view terminal_id, ByteView upload) {
  auto arrival = read_arrival(keys_, terminal_id, upload);
  if (!arrival) return arrival.error();
  auto terminal = find_enrolment(database_, terminal_id, arrival->envelope.epoch);
  if (!terminal) return terminal.error();
  if (!*terminal) return refuse("hub.unknown_terminal");
  if ((*terminal)->denied) return refuse("hub.denied");
  if (auto genuine = verify_arrival(keys_, (*terminal)->device_key, *arrival); !genuine) {
    return genuine.error();
  }
  return Known{std::move(arrival).value(), std::move(**terminal)};
}

Result<std::optional<Bytes>> Ingest::earlier_receipt(const Known& arrival) {
  auto query =
      database_.prepare("SELECT digest, receipt FROM record WHERE terminal_id = ? AND epoch = ? AND seq = ?");
  query.bind(std::string_view(arrival.envelope.terminal_id)).bind(arrival.envelope.epoch);
  auto row = query.bind(arrival.envelope.seq).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Bytes>();
  if (!std::ranges::equal(query.bytes(0), arrival.digest)) return refuse("hub.fork");
  return std::optional(query.bytes(1));
}

Result<std::optional<Bytes>> Ingest::released_receipt(const Known& arrival) {
  auto query = database_.prepare("SELECT receipt FROM quarantine WHERE digest = ? AND released_utc_ms > 0");
  auto row = query.bind(ByteView(arrival.digest)).step();
  if (!row) return row.error();
  return *row ? std::optional(query.bytes(0)) : std::optional<Bytes>();
}

Result<void> Ingest::check_place(const Known& arrival) {
  const std::uint64_t head = arrival.terminal.head_seq;
  if (arrival.envelope.seq > head && arrival.envelope.seq - head > seq_jump_max) {
    return refuse("hub.seq_jump");
  }
  auto branch = chain_.on_a_branch(arrival.envelope);
  if (!branch) return branch.error();
  if (*branch) return refuse("hub.broken_chain");
  return check_neighbours(arrival);
}

// What was read of the life before is read again: another hub may have moved it since.
Result<void> Ingest::lock_life(Known& arrival) {
  auto query = database_.prepare_locking(
      "SELECT head_seq, state, life FROM enrolment WHERE terminal_id = ? AND epoch = ?");
  query.bind(std::string_view(arrival.envelope.terminal_id)).bind(arrival.envelope.epoch);
  auto row = query.step();
  if (!row) return row.error();
  if (!*row) return refuse("hub.unknown_terminal");
  arrival.terminal.head_seq = query.unsigned_integer(0);
  arrival.terminal.denied = query.text(1) != "active";
  arrival.terminal.spare = query.text(2) == "spare";
  return {};
}

// Their keys are what keeps anything from being there twice. That one is taken although nobody had it when
// judge() looked means that another hub was quicker: all is undone, and whoever asked asks again.
Result<void> Ingest::commit_writes(database::Transaction& transaction, Writes& writes) {
  auto done = transaction.commit_with(writes);
  if (done || done.error().code != "store.taken") return done;
  return Error{Remedy::retry_later, "store.busy", "another hub was quicker"};
}

// The chain holds wherever both neighbours are here. A gap does not stop the rest: it stays visible in the
// report until its record arrives.
Result<void> Ingest::check_neighbours(const Known& arrival) {
  const record::Envelope& envelope = arrival.envelope;
  if (envelope.seq == 1 && envelope.previous != record::Digest{}) return refuse("hub.broken_chain");
  const auto neighbour = [&](std::string_view column, std::uint64_t seq) -> Result<Bytes> {
    auto query = database_.prepare(
        fmt::format("SELECT {} FROM record WHERE terminal_id = ? AND epoch = ? AND seq = ?", column));
    query.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch);
    auto row = query.bind(seq).step();
    if (!row) return row.error();
    return *row ? query.bytes(0) : Bytes();
  };
  auto before = neighbour("digest", envelope.seq - 1);
  if (!before) return before.error();
  auto after = neighbour("previous", envelope.seq + 1);
  if (!after) return after.error();
  if (!before->empty() && !std::ranges::equal(*before, envelope.previous)) return refuse("hub.broken_chain");
  if (!after->empty() && !std::ranges::equal(*after, arrival.digest)) return refuse("hub.broken_chain");
  return {};
}

Result<Bytes> Ingest::commit(const Known& arrival, database::Transaction& transaction) {
  auto verdict = judge(arrival);
  if (!verdict) return verdict.error();
  const record::Envelope& envelope = arrival.envelope;
  if (auto done = open_life(arrival); !done) return done.error();
  if (auto done = chain_.stored(envelope, arrival.terminal.head_seq); !done) return done.error();
  Writes writes;
  auto signed_receipt = store(arrival, {envelope.epoch, envelope.seq, envelope.case_no}, *verdict, writes);
  if (!signed_receipt) return signed_receipt;
  writes.push_back(head_move(arrival));
  if (auto done = commit_writes(transaction, writes); !done) return done.error();
  return signed_receipt;
}

Result<Bytes> Ingest::store(const Known& arrival, Place place, const custody::Verdict& verdict,
                            Writes& writes) {
  const std::string& code = verdict.code;
  const record::Envelope& envelope = arrival.envelope;
  if (code.empty() && book_ != nullptr) place.department = book_->find(envelope.service_id);
  const record::HubReceipt receipt{
      envelope.terminal_id,
      envelope.epoch,
      envelope.seq,
      arrival.digest,
      clock_.utc_ms(),
      code.empty() ? record::ReceiptStatus::stored : record::ReceiptStatus::refused,
      code};
  Bytes signed_receipt = keys_.sign(*arrival.profile, record::encode(receipt));
  add_record(arrival, place, receipt, signed_receipt, verdict.signature_state, writes);
  if (!code.empty()) return signed_receipt;
  if (auto done = enqueue(envelope, place, receipt.received_utc_ms); !done) return done.error();
  add_good(arrival, place, verdict.token_digest, receipt.received_utc_ms, writes);
  return signed_receipt;
}

void Ingest::add_good(const Known& arrival, const Place& place, const record::Digest& token_digest,
                      std::int64_t received_utc_ms, Writes& writes) {
  const record::Envelope& envelope = arrival.envelope;
  auto known =
      database_.prepare("INSERT INTO known_record (record_id, terminal_id, epoch, seq) VALUES (?, ?, ?, ?)");
  known.bind(ByteView(envelope.record_id)).bind(std::string_view(envelope.terminal_id));
  known.bind(place.epoch).bind(place.seq);
  writes.push_back(std::move(known));
  if (envelope.kind == record::RecordKind::rating) {
    auto rated = database_.prepare("INSERT INTO rated_case (case_no) VALUES (?)");
    rated.bind(std::string_view(place.case_no));
    writes.push_back(std::move(rated));
  }
  if (envelope.kind != record::RecordKind::service_case) return;
  auto file = database_.prepare(
      "INSERT INTO case_file (case_no, terminal_id, epoch, seq, service_id, token_digest, received_utc_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)");
  file.bind(std::string_view(place.case_no)).bind(std::string_view(envelope.terminal_id));
  file.bind(place.epoch).bind(place.seq).bind(std::string_view(envelope.service_id));
  file.bind(ByteView(token_digest)).bind(received_utc_ms);
  writes.push_back(std::move(file));
}

Result<void> Ingest::enqueue(const record::Envelope& envelope, const Place& place,
                             std::int64_t received_utc_ms) {
  if (place.department == nullptr) return {};
  const NewFiling one[] = {
      {{envelope.terminal_id, place.epoch, place.seq, received_utc_ms, envelope.record_id, place.case_no},
       envelope.service_id,
       place.department->name}};
  return FilingQueue(database_, clock_).enqueue(one);
}

Result<void> Ingest::open_life(const Known& arrival) {
  if (!arrival.terminal.spare) return {};
  const record::Envelope& envelope = arrival.envelope;
  auto open = database_.prepare(
      "UPDATE enrolment SET life = 'open' WHERE terminal_id = ? AND epoch = ? AND life = 'spare'");
  open.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch);
  if (auto done = open.run(); !done || database_.changes() == 0) return done;
  return note_event(database_, clock_.utc_ms(), {envelope.terminal_id, envelope.epoch}, "journal_replaced",
                    fmt::format("life {} begins at record {}", envelope.epoch, envelope.seq));
}

Result<custody::Verdict> Ingest::judge(const Known& arrival) {
  const custody::SealedRecord sealed[] = {{arrival.envelope, arrival.upload.payload}};
  auto verdicts = custody_.judge(sealed);
  if (!verdicts) return verdicts.error();
  custody::Verdict verdict = std::move(verdicts->front());
  auto code = code_of(arrival, verdict);
  if (!code) return code.error();
  verdict.code = std::string(*code);
  return verdict;
}

Result<std::string_view> Ingest::code_of(const Known& arrival, const custody::Verdict& verdict) {
  const record::Envelope& envelope = arrival.envelope;
  if (!verdict.code.empty()) return std::string_view(verdict.code);
  auto known_id = exists("SELECT 1 FROM known_record WHERE record_id = ?", envelope.record_id);
  if (!known_id) return known_id.error();
  if (*known_id) return std::string_view("hub.repeated_record");
  if (envelope.kind == record::RecordKind::rating) {
    auto rated = exists("SELECT 1 FROM rated_case WHERE case_no = ?", envelope.case_no);
    if (!rated) return rated.error();
    return std::string_view(*rated ? "hub.already_rated" : "");
  }
  if (envelope.case_no.substr(0, 7) != fmt::format("{:07}", arrival.terminal.enrolment_no)) {
    return std::string_view("hub.foreign_case_no");
  }
  if (envelope.kind == record::RecordKind::document) return std::string_view();
  auto known_case = exists("SELECT 1 FROM case_file WHERE case_no = ?", envelope.case_no);
  if (!known_case) return known_case.error();
  if (*known_case) return std::string_view("hub.repeated_case");
  return std::string_view(verdict.signature_code);
}

Result<bool> Ingest::exists(std::string_view sql, ByteView id) {
  return database_.prepare(sql).bind(id).step();
}

Result<bool> Ingest::exists(std::string_view sql, std::string_view case_no) {
  return database_.prepare(sql).bind(case_no).step();
}

void Ingest::add_record(const Known& arrival, const Place& place, const record::HubReceipt& receipt,
                        ByteView signed_receipt, std::string_view signature_state, Writes& writes) {
  const record::Envelope& envelope = arrival.envelope;
  auto row = database_.prepare(
      "INSERT INTO record (terminal_id, epoch, seq, digest, previous, record_id, kind, case_no, "
      "received_utc_ms, envelope, signature, receipt, code, person_signature, filed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(std::string_view(envelope.terminal_id)).bind(place.epoch).bind(place.seq);
  row.bind(ByteView(arrival.digest)).bind(ByteView(envelope.previous)).bind(ByteView(envelope.record_id));
  row.bind(static_cast<int>(envelope.kind)).bind(std::string_view(place.case_no));
  row.bind(receipt.received_utc_ms).bind(ByteView(arrival.upload.envelope));
  row.bind(ByteView(arrival.upload.signature)).bind(signed_receipt).bind(std::string_view(receipt.code));
  row.bind(signature_state).bind(place.department == nullptr ? 0 : filed_by_queue);
  writes.push_back(std::move(row));
  auto payload = database_.prepare(
      "INSERT INTO payload (received_utc_ms, terminal_id, epoch, seq, payload) VALUES (?, ?, ?, ?, ?)");
  payload.bind(receipt.received_utc_ms).bind(std::string_view(envelope.terminal_id)).bind(place.epoch);
  payload.bind(place.seq).bind(ByteView(arrival.upload.payload));
  writes.push_back(std::move(payload));
}

database::Statement Ingest::head_move(const Known& arrival) {
  const record::Envelope& envelope = arrival.envelope;
  auto head = database_.prepare(
      "UPDATE enrolment SET head_seq = ?1, head_digest = ?2 WHERE terminal_id = ?3 AND epoch = ?4 AND "
      "head_seq < ?1");
  head.bind(envelope.seq).bind(ByteView(arrival.digest)).bind(std::string_view(envelope.terminal_id));
  head.bind(envelope.epoch);
  return head;
}

Result<void> Ingest::quarantine(const Known& arrival, std::string_view code) {
  const record::Envelope& envelope = arrival.envelope;
  if (auto done = chain_.contradicted(envelope, code); !done) return done;
  auto row = database_.prepare(
      "INSERT INTO quarantine (digest, terminal_id, epoch, seq, received_utc_ms, code, envelope, "
      "signature, payload, kind, case_no) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  row.bind(ByteView(arrival.digest)).bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch);
  row.bind(envelope.seq).bind(clock_.utc_ms()).bind(code).bind(ByteView(arrival.upload.envelope));
  row.bind(ByteView(arrival.upload.signature)).bind(ByteView(arrival.upload.payload));
  return row.bind(static_cast<int>(envelope.kind)).bind(std::string_view(envelope.case_no)).run();
}

}  // namespace bianmin::hub
