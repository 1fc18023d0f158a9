// Terminal to stick to hub to stick to terminal, without any network, interrupted anywhere.
#include "sync/hub/ingest/stick_import.hpp"
#include "sync/store/stick_queue.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin {

using store::RecordState;
using test::must;

namespace {

namespace fs = std::filesystem;

struct Trip : test::Scene {
  test::TempFolder stick;
  std::int64_t told = 0;

  store::StickExport pack() {
    return must(store::export_queue(*terminal.journal, *terminal.outbox, stick.path(), hub.clock,
                                    [this](std::int64_t done) { told = done; }));
  }
  std::vector<fs::path> files(std::string_view ending) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(stick.path())) {
      if (entry.path().extension() == ending) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
  }
  fs::path receipts_of(fs::path records) const { return records.replace_extension(stick::receipts_ending); }
  Result<hub::StickImport> import(const fs::path& file) {
    hub::IngestBatch batch(hub.database(), hub.keys(), hub.custody(), hub.clock);
    auto report = hub::import_stick(batch, hub.clock, file, receipts_of(file), [](std::int64_t) {});
    hub.resume();
    return report;
  }
  store::StickImport unpack(const fs::path& file) {
    return must(store::import_receipts(*terminal.outbox, receipts_of(file), [](std::int64_t) {}));
  }
  std::int64_t waiting() { return must(terminal.journal->backlog()).waiting; }
};

}  // namespace

TEST_CASE("a stick file encodes and decodes, strictly") {
  const stick::StickFile file{stick::StickKind::receipts, "T-1", 77, {Bytes{1, 2}, Bytes{}, Bytes(300, 7)}};
  const Bytes bytes = stick::encode(file);
  CHECK(must(stick::decode(bytes)) == file);
  for (std::size_t size = 13; size < bytes.size(); ++size) {
    CHECK(test::code_of(stick::decode(ByteView(bytes).first(size))) == "stick.torn");
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes changed = bytes;
    changed[at] ^= 0x20;
    CHECK_FALSE(stick::decode(changed).ok());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK(test::code_of(stick::decode(longer)) == "stick.torn");
  for (const char* other : {"", "hello", "PK\x03\x04"}) {
    CHECK(test::code_of(stick::decode(view_of(other))) == "stick.not_one");
  }
}

TEST_CASE("without any network all cases are sent and taken up") {
  Trip trip;
  std::vector<std::string> cases;
  for (int count = 0; count < 5; ++count) cases.push_back(trip.terminal.save().case_no);
  trip.terminal.save(test::sample_document(cases[0], Bytes(50'000, 'x')));
  const auto packed = trip.pack();
  CHECK(packed.records == 6);
  CHECK(packed.files == 1);
  CHECK(trip.told == 6);
  CHECK(trip.waiting() == 6);  // until there is a receipt
  const auto file = trip.files(stick::records_ending).at(0);
  CHECK(test::all_bytes_below(trip.stick.path()).find(test::canary_number) == std::string::npos);
  const auto report = must(trip.import(file));
  CHECK(report.records == 6);
  CHECK(report.receipts == 6);
  CHECK(report.refused.empty());
  CHECK(trip.hub.report().accepted == 5);
  const auto settled = trip.unpack(file);
  CHECK(settled.settled == 6);
  CHECK(settled.forged + settled.foreign + settled.refused == 0);
  CHECK(trip.waiting() == 0);
  for (const auto& case_no : cases) CHECK(trip.terminal.state_of(case_no) == RecordState::sent);
  CHECK(trip.terminal.wire.request_count == 0);
  CHECK(trip.events().empty());
  trip.terminal.check_clean();
}

TEST_CASE("everything twice changes nothing") {
  Trip trip;
  for (int count = 0; count < 3; ++count) trip.terminal.save();
  (void)trip.pack();
  const auto again = trip.pack();
  CHECK(again.files == 0);
  CHECK(again.already == 3);
  const auto file = trip.files(stick::records_ending).at(0);
  must(trip.import(file));
  const auto first = must(read_file(trip.receipts_of(file), 1U << 20U));
  CHECK(must(trip.import(file)).receipts == 3);
  CHECK(must(read_file(trip.receipts_of(file), 1U << 20U)) == first);
  CHECK(trip.unpack(file).settled == 3);
  CHECK(trip.unpack(file).settled == 3);
  CHECK(trip.hub.report().records == 3);
  CHECK(trip.hub.report().duplicates == 0);
  trip.terminal.check_clean();
}

TEST_CASE("what went over the network meanwhile is fine, on each side") {
  Trip trip;
  for (int count = 0; count < 3; ++count) trip.terminal.save();
  (void)trip.pack();
  trip.terminal.turn_until_quiet();
  trip.terminal.save();
  CHECK(trip.pack().records == 1);  // the rest has its receipts
  const auto files = trip.files(stick::records_ending);
  REQUIRE(files.size() == 2);
  for (const auto& file : files) must(trip.import(file));
  trip.terminal.turn_until_quiet();
  for (const auto& file : files) (void)trip.unpack(file);
  CHECK(trip.hub.report().records == 4);
  CHECK(trip.hub.report().duplicates == 0);
  CHECK(trip.events().empty());
  trip.terminal.check_clean();
}

TEST_CASE("an export goes on where it was interrupted; a torn file is written again and never imported") {
  Trip trip;
  const auto saved = trip.terminal.save();
  for (int count = 0; count < 100; ++count) {
    trip.terminal.save(test::sample_document(saved.case_no, Bytes(220'000, 'x')));
  }
  CHECK(trip.pack().files == 2);  // 22 MB
  auto files = trip.files(stick::records_ending);
  REQUIRE(files.size() == 2);
  const Bytes whole = must(read_file(files[1], stick::stick_file_bytes_max));
  must(write_file_durably(files[1], ByteView(whole).first(whole.size() / 2)));  // pulled out too early
  CHECK(test::code_of(trip.import(files[1])) == "stick.torn");
  CHECK(trip.hub.report().records == 0);
  const auto again = trip.pack();
  CHECK(again.files == 1);
  CHECK(again.records + again.already == 101);
  CHECK(must(read_file(files[1], stick::stick_file_bytes_max)).size() == whole.size());
  for (const auto& file : files) must(trip.import(file));
  for (const auto& file : files) (void)trip.unpack(file);
  CHECK(trip.waiting() == 0);
  CHECK(trip.hub.report().records == 101);
}

TEST_CASE("a hub whose disk is full in the middle has no receipts to give, and goes on later") {
  Trip trip;
  constexpr int records = 2 * static_cast<int>(hub::ingest_batch_max);
  for (int count = 0; count < records; ++count) {
    trip.terminal.save(test::sample_case(std::string(25'000, 'x')));
  }
  (void)trip.pack();
  const auto file = trip.files(stick::records_ending).at(0);
  trip.hub.fill_disk(700);  // for one batch and a half
  CHECK(test::code_of(trip.import(file)) == "store.disk_full");
  CHECK(trip.hub.report().records == records / 2);
  CHECK(trip.files(stick::receipts_ending).empty());
  trip.hub.empty_disk();
  CHECK(must(trip.import(file)).receipts == records);
  CHECK(trip.unpack(file).settled == records);
  CHECK(trip.hub.report().records == records);
}

TEST_CASE("a record that the hub refuses on the stick stays with its terminal, the others go on") {
  Trip trip;
  trip.terminal.save();
  const auto damaged = trip.terminal.save();
  trip.terminal.save();
  must(trip.terminal.journal->database().execute("UPDATE record SET payload = x'00' WHERE seq = 2"));
  (void)trip.pack();
  const auto file = trip.files(stick::records_ending).at(0);
  const auto report = must(trip.import(file));
  CHECK(report.receipts == 2);
  CHECK(report.refused.at("hub.bad_payload") == 1);
  (void)trip.unpack(file);
  CHECK(trip.terminal.state_of(damaged.case_no) == RecordState::saved);
  CHECK(trip.count_of("bad_payload") == 1);
}

TEST_CASE("a denied terminal's stick, another's header, and the wrong kind of file") {
  Trip trip;
  trip.terminal.save();
  (void)trip.pack();
  const auto file = trip.files(stick::records_ending).at(0);
  auto content = must(stick::read(file, stick::StickKind::records));
  CHECK(test::code_of(stick::read(file, stick::StickKind::receipts)) == "stick.other_kind");
  content.terminal_id = "T-0002";
  must(stick::write(trip.stick / "other.records", content));
  CHECK(must(trip.import(trip.stick / "other.records")).refused.at("hub.wrong_terminal") == 1);
  must(hub::deny_terminal(trip.hub.folder(), "T-0001"));
  CHECK(must(trip.import(file)).refused.at("hub.denied") == 1);
  CHECK(trip.hub.report().records == 0);
  CHECK(trip.waiting() == 1);
}

TEST_CASE("receipts of others and forged ones settle nothing") {
  Trip trip;
  trip.terminal.save();
  const auto upload = trip.upload_of(1);
  test::FakeHub stranger;
  auto foreign = must(record::decode_envelope(upload.envelope));
  foreign.seq = 9;
  const record::HubReceipt for_another{
      "T-0001", 1, 9, seal::sha256(record::encode(foreign)), 5, record::ReceiptStatus::stored, ""};
  const stick::StickFile file{
      stick::StickKind::receipts,
      "T-0001",
      1,
      {stranger.receipt_for(upload), Bytes{1, 2, 3},
       trip.hub.keys().sign(*seal::Profile::of(seal::Curve::p256), record::encode(for_another))}};
  must(stick::write(trip.stick / "x.receipts", file));
  const auto report = trip.unpack(trip.stick / "x.records");
  CHECK(report.settled == 0);
  CHECK(report.forged == 2);
  CHECK(report.foreign == 1);
  CHECK(trip.waiting() == 1);
}

TEST_CASE("a stick that is missing or full is told, and nothing is half there") {
  Trip trip;
  trip.terminal.save();
  const auto pack_to = [&](const fs::path& folder) {
    return test::code_of(store::export_queue(*trip.terminal.journal, *trip.terminal.outbox, folder,
                                             trip.hub.clock, [](std::int64_t) {}));
  };
  CHECK(pack_to(trip.stick / "none") == "file.missing");
  CHECK(pack_to("/dev/full") == "file.missing");
  CHECK(trip.waiting() == 1);
}

}  // namespace bianmin
