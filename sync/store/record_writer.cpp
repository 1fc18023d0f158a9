#include "sync/store/record_writer.hpp"

#include <algorithm>
#include <utility>

#include "sync/record/case_no.hpp"
#include "sync/record/document_parts.hpp"
#include "sync/record/messages.hpp"
#include "sync/record/slip.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::store {

namespace {

Error invalid(const char* detail) { return {Remedy::refuse, "record.invalid", detail}; }

// So that what the hub would refuse is never told to be saved.
Result<void> check(const record::CaseRecord& record) {
  if (record.id == record::RecordId{}) return invalid("no record id");
  if (record.service_id.empty()) return invalid("no service");
  if (record.kind != record::RecordKind::service_case) {
    auto case_no = record::parse_case_no(record.case_no);
    if (!case_no) return case_no.error();
    if (*case_no != record.case_no) return invalid("the case number is not canonical");
    return {};
  }
  if (!record.case_no.empty()) return invalid("a new case gets its number when it is saved");
  if (!record::valid_token(record.token)) return invalid("no lookup token");
  return {};
}

record::RecordId fresh_id() {
  record::RecordId id;
  seal::fill_random(id);
  return id;
}

}  // namespace

FreshIds fresh_ids() {
  FreshIds ids;
  ids.id = fresh_id();
  ids.token = record::make_token(seal::random_bytes(record::token_entropy_bytes));
  return ids;
}

Result<Saved> RecordWriter::save(record::CaseRecord record) {
  if (auto good = check(record); !good) return good.error();
  record.terminal_id = journal_.identity().terminal_id;
  auto transaction = database::Transaction::begin(journal_.database());
  if (!transaction) return transaction.error();
  if (auto looked = look_at_head(); !looked) return looked.error();
  const auto repeated = std::ranges::find(known_, record.id, &Known::id);
  if (repeated != known_.end()) return repeated->saved;
  Head last = *head_;
  if (record.kind == record::RecordKind::service_case) {
    auto case_no = record::make_case_no(journal_.identity().enrolment_no, ++last.case_count);
    if (!case_no) return case_no.error();
    record.case_no = std::move(case_no).value();
  }
  const Known known{record.id, {record.case_no, last.seq + 1}};
  auto parts = record::split_document(std::move(record), fresh_id);
  if (!parts) return parts.error();
  for (const record::CaseRecord& part : *parts) {
    if (auto done = append(part, last); !done) return done.error();
  }
  if (auto committed = transaction->commit(); !committed) return committed.error();
  known_.push_back(known);
  if (known_.size() > repeats_known) known_.pop_front();
  head_ = last;
  return known.saved;
}

// Nobody else writes records, so what is in memory is right unless a commit of this writer went wrong; then,
// and at first, the journal is read.
Result<void> RecordWriter::look_at_head() {
  auto newest = journal_.database().prepare("SELECT max(seq) FROM record").number();
  if (!newest) return newest.error();
  if (head_ && head_->seq == static_cast<std::uint64_t>(*newest)) return {};
  head_.reset();
  known_.clear();
  auto query = journal_.database().prepare(
      "SELECT seq, digest, case_count, record_id, case_no FROM record ORDER BY seq DESC LIMIT ?");
  query.bind(static_cast<std::int64_t>(repeats_known));
  Head head;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    const Bytes digest = query.bytes(1);
    const Bytes id = query.bytes(3);
    Known known{{}, {query.text(4), query.unsigned_integer(0)}};
    if (digest.size() != head.digest.size() || id.size() != known.id.size()) {
      return Error{Remedy::call_staff, "store.corrupt", "the head of the chain is damaged"};
    }
    std::ranges::copy(id, known.id.begin());
    if (known_.empty()) {
      head = {known.saved.seq, {}, static_cast<std::uint32_t>(query.integer(2))};
      std::ranges::copy(digest, head.digest.begin());
    }
    known_.push_front(std::move(known));
  }
  head_ = head;
  return {};
}

void RecordWriter::prepare() {
  if (prepared_) return;
  if (auto made = take_sealing()) prepared_.emplace(std::move(made).value());
}

// What is prepared is used up by this, whatever becomes of the record.
Result<seal::PreparedSeal> RecordWriter::take_sealing() {
  if (prepared_) return std::move(*std::exchange(prepared_, std::nullopt));
  return enrolment_.profile->prepare(enrolment_.hub_seal_key, seal::Purpose::record);
}

Result<void> RecordWriter::append(const record::CaseRecord& record, Head& head) {
  auto plain = record::encode(record);
  if (!plain) return plain.error();
  auto sealing = take_sealing();
  auto payload =
      sealing ? std::move(sealing).value().seal(record.id, *plain) : Result<Bytes>(sealing.error());
  wipe(plain->data(), plain->size());
  if (!payload) return payload.error();

  const seal::Profile& profile = *enrolment_.profile;
  record::Envelope envelope;
  envelope.profile = profile.name();
  envelope.terminal_id = journal_.identity().terminal_id;
  envelope.epoch = journal_.identity().epoch;
  envelope.seq = head.seq + 1;
  envelope.previous = head.digest;
  envelope.record_id = record.id;
  envelope.kind = record.kind;
  envelope.case_no = record.case_no;
  envelope.service_id = record.service_id;
  envelope.created_utc_ms = record.created_utc_ms;
  envelope.payload_digest = profile.digest(*payload);
  envelope.payload_size = payload->size();

  const Bytes bytes = record::encode(envelope);
  head.seq = envelope.seq;
  head.digest = profile.digest(bytes);
  auto insert = journal_.database().prepare(
      "INSERT INTO record (seq, record_id, kind, case_count, case_no, digest, envelope, signature, payload) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(envelope.seq).bind(ByteView(envelope.record_id)).bind(static_cast<int>(envelope.kind));
  insert.bind(static_cast<std::int64_t>(head.case_count));
  insert.bind(std::string_view(envelope.case_no)).bind(ByteView(head.digest)).bind(ByteView(bytes));
  insert.bind(ByteView(enrolment_.device_key.sign(bytes))).bind(ByteView(*payload));
  return insert.run();
}

}  // namespace bianmin::store
