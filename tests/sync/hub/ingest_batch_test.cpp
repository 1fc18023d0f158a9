// A batch gives what one by one gives; and what is new in it is there once.
#include "sync/hub/ingest/ingest_batch.hpp"

#include <fmt/format.h>

#include <random>

#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;

namespace {

// Counts how often it is asked: a batch that goes through as such asks once.
struct CountingCustody : custody::Custody {
  explicit CountingCustody(custody::Custody& to) : keeper(to) {}
  Result<std::vector<custody::Verdict>> judge(std::span<const custody::SealedRecord> records) override {
    ++calls;
    if (away) return Error{Remedy::retry_later, "custody.away", {}};
    return keeper.judge(records);
  }
  Result<custody::OpenedAsk> open_ask(ByteView sealed) override { return keeper.open_ask(sealed); }
  Result<Bytes> hand_out(ByteView ask, ByteView certificate, std::string_view whom) override {
    return keeper.hand_out(ask, certificate, whom);
  }
  custody::Custody& keeper;
  int calls = 0;
  bool away = false;
};

// A hub that takes in what its terminals have in batches.
struct BatchScene {
  test::HubInProcess hub;
  CountingCustody custody{hub.custody()};
  std::vector<std::unique_ptr<test::EnrolledTerminalInProcess>> terminals;
  IngestBatch batch{hub.database(), hub.keys(), custody, hub.clock};

  explicit BatchScene(int terminal_count = 1, const std::string& profile = "intl-1") {
    for (int number = 1; number <= terminal_count; ++number) {
      terminals.push_back(
          std::make_unique<test::EnrolledTerminalInProcess>(hub, fmt::format("T-{:04}", number), profile));
    }
  }
  Bytes upload(std::size_t terminal, std::uint64_t seq) {
    return record::encode(must(terminals[terminal]->outbox->pending(1, seq - 1)).at(0).upload);
  }
  std::string who(std::size_t terminal) { return fmt::format("T-{:04}", terminal + 1); }
};

std::string code_of(const Result<Bytes>& result) {
  if (!result) return std::string(result.error().code);
  return must(record::decode_receipt(must(record::decode_signed(*result)).body)).code;
}

}  // namespace

TEST_CASE("a batch of many terminals' records is taken in once, with receipts in their order") {
  const std::string profile = GENERATE(std::string("intl-1"), std::string("gm-1"));
  BatchScene scene(3, profile);
  std::vector<std::pair<std::string, Bytes>> uploads;
  for (std::uint64_t seq = 1; seq <= 30; ++seq) {
    for (std::size_t at = 0; at < 3; ++at) {
      scene.terminals[at]->save();
      uploads.emplace_back(scene.who(at), scene.upload(at, seq));
    }
  }
  std::vector<Arriving> arriving;
  for (const auto& [who, upload] : uploads) arriving.push_back({who, upload});
  const auto first = scene.batch.take(arriving);
  REQUIRE(first.size() == 90);
  for (std::size_t at = 0; at < first.size(); ++at) {
    const auto receipt = must(record::decode_receipt(must(record::decode_signed(must(first[at]))).body));
    CHECK(receipt.terminal_id == uploads[at].first);
    CHECK(receipt.seq == at / 3 + 1);
    CHECK(receipt.code.empty());
  }
  CHECK(scene.custody.calls == 2);  // 64 and 26 records: none went one by one
  // The same again: the same receipts, nothing twice.
  const auto again = scene.batch.take(arriving);
  for (std::size_t at = 0; at < first.size(); ++at) CHECK(must(again[at]) == must(first[at]));
  const auto report = scene.hub.report();
  CHECK(report.records == 90);
  CHECK(report.cases == 90);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.events == 0);
  for (const auto& terminal : scene.terminals) {
    terminal->turn_until_quiet();
    terminal->check_clean();
  }
}

TEST_CASE("one that is not good does not hold up the others of its batch") {
  BatchScene scene(3);
  for (std::size_t at = 0; at < 3; ++at) {
    for (int count = 0; count < 4; ++count) scene.terminals[at]->save();
  }
  Bytes broken = scene.upload(1, 2);
  broken.back() ^= 1U;  // of the payload
  const Bytes garbage = {1, 2, 3};
  const Bytes first = scene.upload(0, 1);
  const Bytes jump = scene.upload(0, 4);  // before 2 and 3
  const Bytes late = scene.upload(0, 2);
  const Bytes other[] = {scene.upload(1, 1), scene.upload(1, 3)};
  const Bytes third = scene.upload(2, 1);
  const std::vector<Arriving> arriving = {
      {"T-0001", first}, {"T-0002", other[0]}, {"T-0002", broken}, {"T-0002", other[1]}, {"T-0003", garbage},
      {"T-0001", jump},  {"T-0001", late},     {"T-0003", third},  {"T-0003", first},    {"T-0001", first}};
  const auto results = scene.batch.take(arriving);
  std::vector<std::string> codes;
  for (const auto& result : results) codes.push_back(code_of(result));
  CHECK(codes == std::vector<std::string>{"", "", "hub.bad_payload", "", "hub.bad_upload", "", "", "",
                                          "hub.wrong_terminal", ""});
  CHECK(must(results[9]) == must(results[0]));
  CHECK(scene.hub.report().records == 6);
  CHECK(scene.hub.report().duplicates == 0);
  CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM gap").number()) == 2);
}

TEST_CASE("a denied terminal, a spare life and a quarantined branch get the same as one by one") {
  BatchScene scene(2);
  for (int count = 0; count < 3; ++count) scene.terminals[0]->save();
  const Bytes first = scene.upload(0, 1);
  const std::vector<Arriving> one = {{"T-0001", first}};
  must(scene.batch.take(one).at(0));
  must(scene.hub.database().execute("UPDATE enrolment SET state = 'denied' WHERE terminal_id = 'T-0001'"));
  const Bytes second = scene.upload(0, 2);
  const std::vector<Arriving> two = {{"T-0001", second}};
  CHECK(code_of(scene.batch.take(two).at(0)) == "hub.denied");
  must(scene.hub.database().execute("UPDATE enrolment SET state = 'active', life = 'spare'"));
  CHECK(code_of(scene.batch.take(two).at(0)).empty());
  CHECK(must(scene.hub.database()
                 .prepare("SELECT count(*) FROM enrolment WHERE terminal_id = 'T-0001' AND life = 'open'")
                 .number()) == 1);
}

TEST_CASE("a batch in which something was there before is taken in without it", "[batch]") {
  BatchScene scene(2);
  const auto saved = scene.terminals[0]->save();
  scene.terminals[0]->save(test::sample_rating(saved.case_no));
  scene.terminals[1]->save();
  scene.terminals[1]->save(test::sample_rating(saved.case_no));  // the same case, rated elsewhere as well
  const Bytes uploads[] = {scene.upload(0, 1), scene.upload(0, 2), scene.upload(1, 1), scene.upload(1, 2)};
  const std::vector<Arriving> arriving = {
      {"T-0001", uploads[0]}, {"T-0001", uploads[1]}, {"T-0002", uploads[2]}, {"T-0002", uploads[3]}};
  std::vector<std::string> codes;
  for (const auto& result : scene.batch.take(arriving)) codes.push_back(code_of(result));
  CHECK(codes == std::vector<std::string>{"", "", "", "hub.already_rated"});
  CHECK(scene.hub.report().ratings == 1);
  CHECK(scene.hub.report().records == 3);
}

TEST_CASE("a full disk takes in nothing of a batch, and all of it when there is room again") {
  BatchScene scene(1);
  std::vector<Bytes> uploads;
  for (std::uint64_t seq = 1; seq <= 64; ++seq) {
    scene.terminals[0]->save();
    uploads.push_back(scene.upload(0, seq));
  }
  std::vector<Arriving> arriving;
  for (const Bytes& upload : uploads) arriving.push_back({"T-0001", upload});
  scene.hub.fill_disk();
  for (const auto& result : scene.batch.take(arriving)) CHECK(code_of(result) == "store.disk_full");
  scene.hub.empty_disk();
  CHECK(scene.hub.report().records == 0);
  for (const auto& result : scene.batch.take(arriving)) CHECK(code_of(result).empty());
  CHECK(scene.hub.report().records == 64);
}

TEST_CASE("while custody is away nothing of a batch is taken in, and nobody is asked twice") {
  BatchScene scene(1);
  for (int count = 0; count < 2; ++count) scene.terminals[0]->save();
  const Bytes uploads[] = {scene.upload(0, 1), scene.upload(0, 2)};
  const std::vector<Arriving> arriving = {{"T-0001", uploads[0]}, {"T-0001", uploads[1]}};
  scene.custody.away = true;
  for (const auto& result : scene.batch.take(arriving)) CHECK(code_of(result) == "custody.away");
  CHECK(scene.custody.calls == 1);
  CHECK(scene.hub.report().records == 0);
  scene.custody.away = false;
  for (const auto& result : scene.batch.take(arriving)) CHECK(code_of(result).empty());
}

// Whatever comes in whatever order: a hub that takes it in batches has the same rows as one that does not.
TEST_CASE("in batches of any shape the hub comes to the same as one by one") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 dice(seed);
    const auto upto = [&](unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(dice); };
    BatchScene scene(2);
    std::vector<std::pair<std::string, Bytes>> uploads;
    for (std::size_t at = 0; at < 2; ++at) {
      const auto saved = scene.terminals[at]->save();
      for (int count = 0; count < 6; ++count) scene.terminals[at]->save();
      scene.terminals[at]->save(test::sample_rating(saved.case_no));
      for (std::uint64_t seq = 1; seq <= 8; ++seq) uploads.emplace_back(scene.who(at), scene.upload(at, seq));
    }
    for (unsigned swaps = upto(6); swaps > 0; --swaps) {
      std::swap(uploads[upto(15)], uploads[upto(15)]);
    }
    for (unsigned doubles = upto(3); doubles > 0; --doubles) uploads.push_back(uploads[upto(15)]);
    for (std::size_t at = 0; at < uploads.size();) {
      std::vector<Arriving> arriving;
      for (unsigned count = 1 + upto(6); count > 0 && at < uploads.size(); --count, ++at) {
        arriving.push_back({uploads[at].first, uploads[at].second});
      }
      for (const auto& result : scene.batch.take(arriving)) CHECK(code_of(result).empty());
    }
    INFO("seed " << seed);
    const auto report = scene.hub.report();
    CHECK(report.records == 16);
    CHECK(report.ratings == 2);
    CHECK(report.cases == 14);
    CHECK(report.duplicates == 0);
    CHECK(report.gaps == 0);
    CHECK(report.quarantined == 0);
    CHECK(must(scene.hub.database().prepare("SELECT count(*) FROM gap").number()) == 0);
    CHECK(must(scene.hub.database()
                   .prepare("SELECT min(head_seq) FROM enrolment WHERE life = 'open'")
                   .number()) == 8);
    for (const auto& terminal : scene.terminals) {
      terminal->turn_until_quiet();
      terminal->check_clean();
    }
  }
}

}  // namespace bianmin::hub
