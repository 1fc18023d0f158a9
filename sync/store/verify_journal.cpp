#include "sync/store/verify_journal.hpp"

#include "sync/record/messages.hpp"

namespace bianmin::store {

namespace {

class Verifier {
 public:
  Verifier(const seal::PublicKey& device_key, const seal::PublicKey& hub_receipt_key)
      : device_key_(device_key), hub_receipt_key_(hub_receipt_key), profile_(seal::Profile::of(device_key)) {}

  // Columns: seq, record_id, kind, case_no, digest, envelope, signature, payload, receipt, state.
  void check_row(const database::Statement& row) {
    seq_ = row.unsigned_integer(0);
    ++report_.records;
    const std::string state = row.text(9);
    if (state == "saved") ++report_.waiting;
    if (state == "refused") ++report_.refused;
    // SQLite does not look at the table's CHECK while a file is open for reading only.
    if (record_state_name(record_state_of(state)) != state) problem("journal.bad_state");
    const Bytes bytes = row.bytes(5);
    const seal::Digest digest = profile_->digest(bytes);
    auto envelope = record::decode_envelope(bytes);
    if (!device_key_.verify(bytes, row.bytes(6))) problem("journal.bad_signature");
    if (!envelope || envelope->profile != profile_->name() || envelope->seq != seq_ ||
        envelope->case_no != row.text(3) || static_cast<std::int64_t>(envelope->kind) != row.integer(2) ||
        to_hex(envelope->record_id) != to_hex(row.bytes(1)) || to_hex(digest) != to_hex(row.bytes(4))) {
      problem("journal.bad_envelope");
    }
    if (envelope) check_chain(*envelope);
    if (envelope) check_payload(*envelope, row, digest, state);
    last_seq_ = seq_;
    last_digest_ = digest;
  }

  void problem(std::string_view code) { report_.problems.push_back({seq_, code}); }
  void at(std::uint64_t seq) { seq_ = seq; }
  JournalReport take() { return std::move(report_); }

 private:
  void check_chain(const record::Envelope& envelope) {
    if (seq_ != last_seq_ + 1) {
      problem("journal.gap");
    } else if (envelope.previous != last_digest_) {
      problem("journal.broken_chain");
    }
  }

  void check_payload(const record::Envelope& envelope, const database::Statement& row,
                     const seal::Digest& digest, const std::string& state) {
    if (!row.is_null(7)) {
      const Bytes payload = row.bytes(7);
      if (payload.size() != envelope.payload_size || profile_->digest(payload) != envelope.payload_digest) {
        problem("journal.bad_payload");
      }
    }
    const bool settled = state == "sent" || state == "accepted";
    if (row.is_null(8)) {
      if (settled || row.is_null(7)) problem("journal.missing_payload");
      return;
    }
    auto outer = record::decode_signed(row.bytes(8));
    const bool genuine = outer.ok() && hub_receipt_key_.verify(outer->body, outer->signature);
    auto receipt = record::decode_receipt(genuine ? outer->body : Bytes());
    if (!receipt || receipt->seq != seq_ || receipt->epoch != envelope.epoch ||
        receipt->terminal_id != envelope.terminal_id || receipt->envelope_digest != digest) {
      problem("journal.bad_receipt");
    } else if (row.is_null(7) && receipt->status != record::ReceiptStatus::stored) {
      problem("journal.missing_payload");
    }
  }

  const seal::PublicKey& device_key_;
  const seal::PublicKey& hub_receipt_key_;
  seal::ProfilePtr profile_;
  JournalReport report_;
  std::uint64_t seq_ = 0;
  std::uint64_t last_seq_ = 0;
  seal::Digest last_digest_{};
};

}  // namespace

Result<JournalReport> verify_journal(const std::filesystem::path& path, const seal::PublicKey& device_key,
                                     const seal::PublicKey& hub_receipt_key, const char* vfs) {
  auto database = database::Database::open(
      path, {}, {.access = database::Access::read_only, .check_integrity = true, .vfs = vfs});
  if (!database) return database.error();
  // One read transaction, so that a writer at work does not look like a fault.
  if (auto begun = (*database)->execute("BEGIN"); !begun) return begun.error();
  Verifier verifier(device_key, hub_receipt_key);
  auto rows = (*database)->prepare(
      "SELECT seq, record_id, kind, case_no, digest, envelope, signature, payload, receipt, state "
      "FROM record ORDER BY seq");
  for (;;) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    verifier.check_row(rows);
  }
  auto repeated =
      (*database)->prepare("SELECT max(seq) FROM record WHERE kind = 1 GROUP BY case_no HAVING count(*) > 1");
  for (;;) {
    auto row = repeated.step();
    if (!row) return row.error();
    if (!*row) break;
    verifier.at(repeated.unsigned_integer(0));
    verifier.problem("journal.repeated_case");
  }
  return verifier.take();
}

}  // namespace bianmin::store
