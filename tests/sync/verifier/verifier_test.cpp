// verify.py shares no code with the product. Whatever is changed in a journal, both say the same about it.
#include <fmt/format.h>

#include <random>

#include "sync/seal/digest.hpp"
#include "tests/sync/verifier/damage.hpp"

namespace bianmin {

using test::DamagedJournals;
using test::must;

namespace {

const std::string here = "tests/sync/verifier/";

void check_same(const test::TempFolder& folder) {
  const auto result = test::run_command("python3 " + here + "compare.py " + folder.path().string());
  INFO(result.output);
  CHECK(result.exit_code == 0);
  fmt::print("verifier: {}", result.output);
}

std::function<void(database::Database&)> sql(const std::string& text) {
  return [text](database::Database& database) { must(database.execute(text)); };
}

// An envelope that the device has signed, and that is wrong all the same.
std::function<void(database::Database&)> signed_anew(const DamagedJournals& journals, Bytes envelope) {
  return [&journals, envelope = std::move(envelope)](database::Database& database) {
    test::put_cell(database, "envelope", 12, envelope);
    test::put_cell(database, "signature", 12, journals.terminal().enrolment.device_key.sign(envelope));
    const auto digest = seal::sha256(envelope);
    test::put_cell(database, "digest", 12, Bytes(digest.begin(), digest.end()));
  };
}

Bytes last_envelope(DamagedJournals& journals) {
  const auto journal = journals.terminal().open();
  return test::cell(journal->database(), "envelope", 12);
}

}  // namespace

TEST_CASE("each kind of damage: the product and verify.py find the same") {
  const test::TempFolder folder;
  DamagedJournals journals(folder.path());
  const auto add = [&](const std::string& name, const std::string& statements, const std::string& code) {
    const auto said = journals.add(name, sql(statements));
    INFO(name << ":" << said);
    CHECK((code.empty() ? said.empty() : said.find(code) != std::string::npos));
  };
  add("good", "SELECT 1", "");
  add("cut-tail", "DELETE FROM record WHERE seq = 12", "");  // only the hub can know
  add("gap", "DELETE FROM record WHERE seq = 6", "7:journal.gap");
  add("no-first", "DELETE FROM record WHERE seq = 1", "2:journal.gap");
  add("order",
      "UPDATE record SET seq = 100 WHERE seq = 7; UPDATE record SET seq = 7 WHERE seq = 8;"
      "UPDATE record SET seq = 8 WHERE seq = 100",
      "journal.broken_chain");
  add("swapped-payloads",
      "UPDATE record SET payload = (SELECT payload FROM record WHERE seq = 8) WHERE seq = 7",
      "journal.bad_payload");
  add("swapped-signatures",
      "UPDATE record SET signature = (SELECT signature FROM record WHERE seq = 8) WHERE seq = 7",
      "7:journal.bad_signature");
  add("case-column", "UPDATE record SET case_no = '00000000000000' WHERE seq = 7", "7:journal.bad_envelope");
  add("kind-column", "UPDATE record SET kind = 2 WHERE seq = 7", "7:journal.bad_envelope");
  add("id-column", "UPDATE record SET record_id = randomblob(16) WHERE seq = 7", "7:journal.bad_envelope");
  add("digest-column", "UPDATE record SET digest = randomblob(32) WHERE seq = 7", "7:journal.bad_envelope");
  add("one-number", "UPDATE record SET case_no = (SELECT case_no FROM record WHERE seq = 7) WHERE seq = 8",
      "8:journal.repeated_case");
  add("no-payload", "UPDATE record SET payload = NULL WHERE seq = 7", "7:journal.missing_payload");
  add("refused-no-payload", "UPDATE record SET payload = NULL WHERE seq = 5", "5:journal.missing_payload");
  add("other-receipt", "UPDATE record SET receipt = (SELECT receipt FROM record WHERE seq = 1) WHERE seq = 7",
      "7:journal.bad_receipt");
  add("no-receipt", "UPDATE record SET receipt = NULL WHERE seq = 4", "4:journal.missing_payload");
  add("no-state", "UPDATE record SET state = 'gone' WHERE seq = 7", "7:journal.bad_state");
  add("state-alone", "UPDATE record SET state = 'accepted' WHERE seq = 7", "7:journal.missing_payload");
  add("short-envelope", "UPDATE record SET envelope = substr(envelope, 1, 60) WHERE seq = 7",
      "7:journal.bad_envelope");
  add("long-envelope", "UPDATE record SET envelope = CAST(envelope || x'00' AS BLOB) WHERE seq = 7",
      "7:journal.bad_envelope");
  check_same(folder);
}

TEST_CASE("a device that signs what is not canonical, and a hub that is another one") {
  const test::TempFolder folder;
  DamagedJournals journals(folder.path());
  Bytes longer = last_envelope(journals);  // epoch 1 in two bytes: 0x03 0x01 becomes 0x03 0x18 0x01
  const std::size_t epoch_at = 1 + 1 + 14 + 1 + 7 + 1 + 7 + 1;
  REQUIRE(longer.at(epoch_at) == 1);
  longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(epoch_at), 0x18);
  CHECK(journals.add("not-shortest", signed_anew(journals, longer)) == " 12:journal.bad_envelope");
  Bytes broken_text = last_envelope(journals);
  broken_text.at(1 + 1 + 14 + 1 + 1) = 0xFF;  // in the profile's name
  CHECK(journals.add("no-utf8", signed_anew(journals, broken_text)) == " 12:journal.bad_envelope");
  Bytes more = last_envelope(journals);
  more.push_back(0);
  CHECK(journals.add("one-more", signed_anew(journals, more)) == " 12:journal.bad_envelope");
  const test::FakeHub stranger;
  const auto forged = [&](database::Database& database) {
    const record::Upload upload{test::cell(database, "envelope", 1), {}, {}};
    test::put_cell(database, "receipt", 1, stranger.receipt_for(upload));
  };
  CHECK(journals.add("stranger", forged) == " 1:journal.bad_receipt");
  check_same(folder);
}

TEST_CASE("1,000 changed bytes of what a journal holds: harmless to both, or found by both") {
  const test::TempFolder folder;
  DamagedJournals journals(folder.path());
  std::mt19937 random(20261126);
  const char* columns[] = {"envelope",  "signature", "payload", "receipt", "digest",
                           "record_id", "case_no",   "state",   "kind",    "seq"};
  int harmless = 0;
  for (int change = 0; change < 1'000; ++change) {
    const std::string column = columns[random() % std::size(columns)];
    const int seq = static_cast<int>(random() % test::damaged_record_count) + 1;
    const auto said =
        journals.add(fmt::format("{}-{}-{}", change, column, seq), [&](database::Database& database) {
          Bytes bytes = test::cell(database, column, seq);
          if (bytes.empty()) return;
          bytes.at(random() % bytes.size()) ^= static_cast<std::uint8_t>(1U << random() % 8);
          test::put_cell(database, column, seq, bytes);
        });
    harmless += said.empty() ? 1 : 0;
  }
  fmt::print("verifier: {} of 1000 changes are harmless (empty cells, or a number that another record has)\n",
             harmless);
  CHECK(harmless < 500);
  check_same(folder);
}

TEST_CASE("300 changed bytes of the file itself: harmless to both, or found by both") {
  const test::TempFolder folder;
  DamagedJournals journals(folder.path());
  std::mt19937 random(7);
  for (int change = 0; change < 300; ++change) {
    const auto at = static_cast<std::size_t>(random()) % journals.file_size();
    (void)journals.add_raw(fmt::format("raw-{}-{}", change, at), at,
                           static_cast<std::uint8_t>(1U << random() % 8));
  }
  check_same(folder);
}

TEST_CASE("verify.py on the command line: journals, receipts, exit codes") {
  const test::TempFolder folder;
  DamagedJournals journals(folder.path());
  (void)journals.add("gap", sql("DELETE FROM record WHERE seq = 6"));
  const auto at = [&](const std::string& name) { return " " + (folder / name).string(); };
  const std::string keys = " --device-key" + at("device.pub") + " --hub-receipt-key" + at("receipt.pub");
  const std::string verify = "python3 " + here + "verify.py ";
  const auto good = test::run_command(verify + "journal" + at("good.db") + keys);
  CHECK(good.exit_code == 0);
  CHECK(good.output == "records=12 waiting=8 refused=2\n");
  const auto bad = test::run_command(verify + "journal" + at("gap") + keys + " --json");
  CHECK(bad.exit_code == 1);
  CHECK(bad.output.find(R"("problems": [{"seq": 7, "code": "journal.gap"}])") != std::string::npos);
  CHECK(test::run_command(verify + "journal" + at("missing.db") + keys).exit_code == 3);
  CHECK(test::run_command(verify + "journal" + at("expected.txt") + keys).exit_code == 3);
  CHECK(test::run_command(verify + "journal" + at("good.db")).exit_code == 2);
  CHECK(test::run_command(verify + "--help").exit_code == 0);
  {
    const auto journal = journals.terminal().open();
    must(write_file_durably(folder / "receipt", test::cell(journal->database(), "receipt", 1)));
    must(write_file_durably(folder / "torn",
                            ByteView(test::cell(journal->database(), "receipt", 1)).first(90)));
  }
  const std::string receipt_key = " --hub-receipt-key" + at("receipt.pub");
  const std::string its_journal = " --journal" + at("good.db");
  CHECK(test::run_command(verify + "receipt" + at("receipt") + receipt_key + its_journal).exit_code == 0);
  const auto torn = test::run_command(verify + "receipt" + at("torn") + receipt_key);
  CHECK(torn.exit_code == 1);
  CHECK(torn.output.find("0 message.invalid") != std::string::npos);
  const auto foreign =
      test::run_command(verify + "receipt" + at("receipt") + " --hub-receipt-key" + at("device.pub"));
  CHECK(foreign.output.find("1 receipt.bad_signature") != std::string::npos);
  CHECK(test::run_command(verify + "receipt" + at("receipt") + receipt_key + " --journal" + at("gap"))
            .exit_code == 0);
}

}  // namespace bianmin
