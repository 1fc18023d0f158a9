#include "sync/hub/ingest/ingest_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sync/hub/filing/filing_queue.hpp"
#include "sync/hub/store/many_rows.hpp"
#include "terminal/base/in_parallel.hpp"

namespace bianmin::hub {

namespace {

constexpr std::size_t by_a_thread_min = 8;  // fewer signatures are done before a thread has begun

// Somebody was here before: not an error, but no work for a batch either.
const Error seen_before{Remedy::retry_later, "hub.seen_before", {}};

std::size_t padded(std::size_t count) {
  std::size_t size = 1;
  while (size < count) size *= 4;
  return size;
}

// "(terminal_id, epoch) IN (VALUES …)" for as many lives, and its parameters.
template <class Keys, class KeyOf>
void bind_lives(database::Statement& query, const Keys& keys, std::size_t count, const KeyOf& key_of) {
  auto at = keys.begin();
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [terminal_id, epoch] = key_of(*at);
    query.bind(std::string_view(terminal_id)).bind(epoch);
    if (std::next(at) != keys.end()) ++at;  // the last one again and again, to the end
  }
}

}  // namespace

std::vector<Result<Bytes>> IngestBatch::take(std::span<const Arriving> arriving) {
  std::vector<Result<Bytes>> results;
  while (!arriving.empty()) {
    const std::size_t count = std::min(arriving.size(), ingest_batch_max);
    for (auto& result : take_batch(arriving.first(count))) results.push_back(std::move(result));
    arriving = arriving.subspan(count);
  }
  return results;
}

std::vector<Result<Bytes>> IngestBatch::take_batch(std::span<const Arriving> arriving) {
  std::vector<std::optional<Result<Bytes>>> results(arriving.size());
  std::vector<Candidate> candidates = genuine(arriving);
  auto done = judge(candidates);
  const auto judged = std::chrono::steady_clock::now();
  if (done) done = store(candidates);
  storing_time_ += std::chrono::steady_clock::now() - judged;
  for (Candidate& candidate : candidates) {
    if (done) results[candidate.index] = std::move(candidate.receipt);
    if (!done && done.error().code != seen_before.code) results[candidate.index] = done.error();
  }
  std::vector<Result<Bytes>> all;
  for (std::size_t index = 0; index < arriving.size(); ++index) {
    all.push_back(results[index] ? std::move(*results[index])
                                 : one_by_one_.take(arriving[index].terminal_id, arriving[index].upload));
  }
  return all;
}

// What is not, is left to Ingest: it knows the code.
std::vector<IngestBatch::Candidate> IngestBatch::genuine(std::span<const Arriving> arriving) {
  std::vector<Candidate> candidates;
  std::vector<Arrival> arrivals;
  std::vector<std::size_t> indices;
  for (std::size_t index = 0; index < arriving.size(); ++index) {
    auto arrival = read_arrival(keys_, arriving[index].terminal_id, arriving[index].upload);
    if (!arrival) continue;
    arrivals.push_back(std::move(arrival).value());
    indices.push_back(index);
  }
  if (!learn_lives(arrivals)) return candidates;
  std::vector<const Life*> life_of(arrivals.size(), nullptr);  // of what is genuine
  in_parallel(arrivals.size(), by_a_thread_min, [&](std::size_t at) {
    Arrival& arrival = arrivals[at];
    const auto life = lives_.find({arrival.envelope.terminal_id, arrival.envelope.epoch});
    if (life == lives_.end() || !verify_arrival(keys_, life->second.device_key, arrival)) return;
    if (in_own_profile(arrival)) life_of[at] = &life->second;
  });
  for (std::size_t at = 0; at < arrivals.size(); ++at) {
    if (life_of[at] == nullptr) continue;
    candidates.push_back(
        {indices[at], std::move(arrivals[at]), life_of[at]->enrolment_no, {}, nullptr, 0, {}});
  }
  return candidates;
}

Result<void> IngestBatch::learn_lives(std::span<const Arrival> arrivals) {
  if (lives_.size() > known_lives_max) lives_.clear();
  std::set<LifeKey> unknown;
  for (const Arrival& arrival : arrivals) {
    LifeKey key{arrival.envelope.terminal_id, arrival.envelope.epoch};
    if (!lives_.contains(key)) unknown.insert(std::move(key));
  }
  if (unknown.empty()) return {};
  const std::size_t count = padded(unknown.size());
  auto query = database_.prepare(
      "SELECT terminal_id, epoch, enrolment_no, device_key FROM enrolment WHERE (terminal_id, epoch) IN "
      "(VALUES " +
      value_list(count, 2) + ")");
  bind_lives(query, unknown, count, [](const LifeKey& key) { return key; });
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return {};
    auto key = seal::PublicKey::from_pem(query.text(3));
    if (!key) return key.error();
    lives_.emplace(LifeKey{query.text(0), query.unsigned_integer(1)},
                   Life{std::move(key).value(), static_cast<std::uint32_t>(query.integer(2))});
  }
}

// Keeps those that are good. Error: nobody can be judged now.
Result<void> IngestBatch::judge(std::vector<Candidate>& candidates) {
  if (candidates.empty()) return {};
  std::vector<custody::SealedRecord> sealed;
  for (const Candidate& one : candidates) {
    sealed.push_back({one.arrival.envelope, one.arrival.upload.payload});
  }
  auto verdicts = custody_.judge(sealed);
  if (!verdicts) return verdicts.error();
  for (std::size_t at = 0; at < candidates.size(); ++at) candidates[at].verdict = std::move((*verdicts)[at]);
  std::erase_if(candidates, [this](const Candidate& candidate) { return !plain(candidate); });
  in_parallel(candidates.size(), by_a_thread_min, [&](std::size_t at) { sign(candidates[at]); });
  return {};
}

bool IngestBatch::plain(const Candidate& candidate) const {
  const record::Envelope& envelope = candidate.arrival.envelope;
  if (!candidate.verdict.code.empty() || !candidate.verdict.signature_code.empty()) return false;
  if (envelope.created_utc_ms > clock_.utc_ms() + clock_tolerance_ms) return false;
  return envelope.kind == record::RecordKind::rating ||
         envelope.case_no.substr(0, 7) == fmt::format("{:07}", candidate.enrolment_no);
}

void IngestBatch::sign(Candidate& candidate) const {
  const record::Envelope& envelope = candidate.arrival.envelope;
  if (book_ != nullptr) candidate.department = book_->find(envelope.service_id);
  candidate.received_utc_ms = clock_.utc_ms();
  const record::HubReceipt receipt{envelope.terminal_id,
                                   envelope.epoch,
                                   envelope.seq,
                                   candidate.arrival.digest,
                                   candidate.received_utc_ms,
                                   record::ReceiptStatus::stored,
                                   ""};
  candidate.receipt = keys_.sign(*candidate.arrival.profile, record::encode(receipt));
}

// The second is answered when the first has locked the lives, and so knows what whoever held them before has
// put into quarantine.
IngestBatch::Statements IngestBatch::questions_of(const Heads& heads) {
  const std::size_t count = padded(heads.size());
  const std::string lives = "(terminal_id, epoch) IN (VALUES " + value_list(count, 2) + ")";
  Statements questions;
  questions.push_back(database_.prepare_locking(
      "SELECT terminal_id, epoch, head_seq, head_digest, state, life FROM enrolment WHERE " + lives +
      " ORDER BY terminal_id, epoch"));
  questions.push_back(database_.prepare("SELECT DISTINCT terminal_id, epoch FROM quarantine WHERE " + lives));
  for (database::Statement& one : questions) {
    bind_lives(one, heads, count, [](const auto& head) { return head.first; });
  }
  return questions;
}

Result<void> IngestBatch::read_heads(database::Statement& lives, Heads& heads) {
  for (;;) {
    auto row = lives.step();
    if (!row) return row.error();
    if (!*row) return {};
    Head& head = heads[{lives.text(0), lives.unsigned_integer(1)}];
    head.seq = lives.unsigned_integer(2);
    head.digest = head.seq == 0 ? Bytes(record::Digest{}.size(), 0) : lives.bytes(3);
    head.usable = lives.text(4) == "active" && lives.text(5) == "open";
  }
}

Result<void> IngestBatch::leave_out_quarantined(database::Statement& quarantined, Heads& heads) {
  for (;;) {
    auto row = quarantined.step();
    if (!row) return row.error();
    if (!*row) return {};
    heads[{quarantined.text(0), quarantined.unsigned_integer(1)}].usable = false;
  }
}

// Those that continue their life's chain, one after the other; the heads move with them.
void IngestBatch::keep_in_place(std::vector<Candidate>& candidates, Heads& heads) {
  std::erase_if(candidates, [&](const Candidate& one) {
    const record::Envelope& envelope = one.arrival.envelope;
    Head& head = heads[{envelope.terminal_id, envelope.epoch}];
    head.usable =
        head.usable && envelope.seq == head.seq + 1 && std::ranges::equal(head.digest, envelope.previous);
    if (!head.usable) return true;  // and so is none behind it
    head.moved = true;
    head.seq = envelope.seq;
    head.digest.assign(one.arrival.digest.begin(), one.arrival.digest.end());
    return false;
  });
}

Result<void> IngestBatch::store(std::vector<Candidate>& candidates) {
  if (candidates.empty()) return {};
  Heads heads;
  for (const Candidate& one : candidates) {
    heads[{one.arrival.envelope.terminal_id, one.arrival.envelope.epoch}];
  }
  Statements questions = questions_of(heads);
  auto transaction = database::Transaction::begin_with(database_, questions);
  if (!transaction) return transaction.error();
  if (auto done = read_heads(questions.front(), heads); !done) return done;
  if (auto done = leave_out_quarantined(questions.back(), heads); !done) return done;
  keep_in_place(candidates, heads);
  if (candidates.empty()) return {};
  Statements statements;
  add_records(candidates, statements);
  add_cases(candidates, statements);
  add_heads(heads, statements);
  if (auto done = enqueue(candidates); !done) return done;
  auto done = transaction->commit_with(statements);
  if (!done && done.error().code == "store.taken") return seen_before;
  return done;
}

void IngestBatch::add_records(std::span<const Candidate> candidates, Statements& statements) {
  using database::Statement;
  const auto place = [](Statement& row, const Candidate& one) -> Statement& {
    const record::Envelope& envelope = one.arrival.envelope;
    return row.bind(std::string_view(envelope.terminal_id)).bind(envelope.epoch).bind(envelope.seq);
  };
  add_rows<Candidate>(statements, database_, "INSERT INTO known_record (terminal_id, epoch, seq, record_id)",
                      4, candidates, [&](Statement& row, const Candidate& one) {
                        place(row, one).bind(ByteView(one.arrival.envelope.record_id));
                      });
  add_rows<Candidate>(
      statements, database_,
      "INSERT INTO record (terminal_id, epoch, seq, digest, previous, record_id, kind, case_no, "
      "received_utc_ms, envelope, signature, receipt, code, person_signature, filed)",
      15, candidates, [&](Statement& row, const Candidate& one) {
        const record::Envelope& envelope = one.arrival.envelope;
        place(row, one).bind(ByteView(one.arrival.digest)).bind(ByteView(envelope.previous));
        row.bind(ByteView(envelope.record_id)).bind(static_cast<int>(envelope.kind));
        row.bind(std::string_view(envelope.case_no)).bind(one.received_utc_ms);
        row.bind(ByteView(one.arrival.upload.envelope)).bind(ByteView(one.arrival.upload.signature));
        row.bind(ByteView(one.receipt)).bind("").bind(std::string_view(one.verdict.signature_state));
        row.bind(one.department == nullptr ? 0 : filed_by_queue);
      });
  add_rows<Candidate>(statements, database_,
                      "INSERT INTO payload (terminal_id, epoch, seq, received_utc_ms, payload)", 5,
                      candidates, [&](Statement& row, const Candidate& one) {
                        place(row, one).bind(one.received_utc_ms).bind(ByteView(one.arrival.upload.payload));
                      });
}

void IngestBatch::add_cases(std::span<const Candidate> candidates, Statements& statements) {
  std::vector<const Candidate*> cases;
  std::vector<const Candidate*> ratings;
  for (const Candidate& one : candidates) {
    const record::RecordKind kind = one.arrival.envelope.kind;
    if (kind == record::RecordKind::service_case) cases.push_back(&one);
    if (kind == record::RecordKind::rating) ratings.push_back(&one);
  }
  add_rows<const Candidate*>(statements, database_, "INSERT INTO rated_case (case_no)", 1, ratings,
                             [](database::Statement& row, const Candidate* one) {
                               row.bind(std::string_view(one->arrival.envelope.case_no));
                             });
  add_rows<const Candidate*>(
      statements, database_,
      "INSERT INTO case_file (case_no, terminal_id, epoch, seq, service_id, token_digest, received_utc_ms)",
      7, cases, [](database::Statement& row, const Candidate* one) {
        const record::Envelope& envelope = one->arrival.envelope;
        row.bind(std::string_view(envelope.case_no)).bind(std::string_view(envelope.terminal_id));
        row.bind(envelope.epoch).bind(envelope.seq);
        row.bind(std::string_view(envelope.service_id)).bind(ByteView(one->verdict.token_digest));
        row.bind(one->received_utc_ms);
      });
}

Result<void> IngestBatch::enqueue(std::span<const Candidate> candidates) {
  std::vector<NewFiling> queued;
  for (const Candidate& one : candidates) {
    if (one.department == nullptr) continue;
    const record::Envelope& envelope = one.arrival.envelope;
    queued.push_back({{envelope.terminal_id, envelope.epoch, envelope.seq, one.received_utc_ms,
                       envelope.record_id, envelope.case_no},
                      envelope.service_id,
                      one.department->name});
  }
  return FilingQueue(database_, clock_).enqueue(queued);
}

void IngestBatch::add_heads(const Heads& heads, Statements& statements) {
  std::vector<const Heads::value_type*> moved;
  for (const auto& head : heads) {
    if (head.second.moved) moved.push_back(&head);
  }
  if (moved.empty()) return;
  const std::size_t count = padded(moved.size());
  auto update = database_.prepare(
      "UPDATE enrolment SET head_seq = moved.column3, head_digest = moved.column4 FROM (VALUES " +
      value_list(count, 4) +
      ") AS moved WHERE enrolment.terminal_id = moved.column1 AND enrolment.epoch = moved.column2 AND "
      "enrolment.head_seq < moved.column3");
  for (std::size_t at = 0; at < count; ++at) {
    const auto& [key, head] = *moved[std::min(at, moved.size() - 1)];
    update.bind(std::string_view(key.first)).bind(key.second).bind(head.seq).bind(ByteView(head.digest));
  }
  statements.push_back(std::move(update));
}

}  // namespace bianmin::hub
