// What the tests of detection and of ingest share.
#pragma once

#include "sync/hub/store/operator_events.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::test {

// A hub, a terminal and what lies between them, record by record.
struct Scene {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal{hub};
  hub::Ingest ingest{hub.database(), hub.keys(), hub.custody(), hub.clock};

  record::Upload upload_of(std::uint64_t seq) {
    return must(terminal.outbox->pending(1, seq - 1)).at(0).upload;
  }
  Result<Bytes> take(const record::Upload& upload, const std::string& who = "T-0001") {
    return ingest.take(who, record::encode(upload));
  }
  record::HubReceipt receipt(const record::Upload& upload) {
    return must(record::decode_receipt(must(record::decode_signed(must(take(upload)))).body));
  }
  // The upload with its envelope changed, and signed again by the device.
  record::Upload resigned(record::Upload upload, const std::function<void(record::Envelope&)>& change) {
    auto envelope = must(record::decode_envelope(upload.envelope));
    change(envelope);
    upload.envelope = record::encode(envelope);
    upload.signature = terminal.enrolment.device_key.sign(upload.envelope);
    return upload;
  }
  // The upload with another sealed content.
  record::Upload resealed(record::Upload upload, const Bytes& plain) {
    const auto id = must(record::decode_envelope(upload.envelope)).record_id;
    upload.payload =
        must(seal::seal_to(terminal.enrolment.hub_seal_key, record::seal_info_record, id, plain));
    return resigned(upload, [&](record::Envelope& envelope) {
      envelope.payload_size = upload.payload.size();
      envelope.payload_digest = seal::sha256(upload.payload);
    });
  }
  record::CaseRecord content(const record::Upload& upload) {
    const auto id = must(record::decode_envelope(upload.envelope)).record_id;
    return must(hub.custody().open_record(id, upload.payload, {"test", {}}));
  }

  // A second journal of the terminal as it is now: a disk image.
  std::unique_ptr<store::Journal> copy_of_disk(const std::string& name) {
    const auto path = terminal.path() / name;
    must(terminal.journal->database().execute("VACUUM INTO '" + path.string() + "'"));
    return must(store::Journal::open(path, terminal.enrolment.identity));
  }
  // The records of `journal` that wait, with a new case behind them.
  std::vector<record::Upload> uploads_after_a_case_in(store::Journal& journal) {
    must(store::RecordWriter(journal, terminal.enrolment).save(sample_case()));
    store::Outbox outbox(journal, terminal.enrolment.hub_receipt_key);
    std::vector<record::Upload> uploads;
    for (auto& pending : must(outbox.pending(1000))) uploads.push_back(std::move(pending.upload));
    return uploads;
  }
  std::vector<hub::OperatorEvent> events() { return must(hub::list_events(hub.database())); }
  std::int64_t count_of(const std::string& kind) {
    std::int64_t count = 0;
    for (const auto& event : events()) count += event.kind == kind ? event.count : 0;
    return count;
  }
};

}  // namespace bianmin::test
