#include "sync/store/journal.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "sync/record/case_no.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

JournalReport verify(const test::Terminal& terminal) {
  return must(verify_journal(terminal.journal_path, terminal.enrolment.device_key.public_key(),
                             terminal.hub.receipt_key.public_key()));
}

}  // namespace

TEST_CASE("a saved record is on the disk, sealed, chained and signed") {
  const test::Terminal terminal;
  const auto record = test::sample_case();
  Saved saved;
  {
    const auto journal = terminal.open();
    saved = must(RecordWriter(*journal, terminal.enrolment).save(record));
  }
  CHECK(saved.seq == 1);
  CHECK(must(record::parse_case_no(saved.case_no)) == saved.case_no);
  const auto journal = terminal.open();
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(10));
  REQUIRE(pending.size() == 1);
  const auto& upload = pending[0].upload;
  CHECK(terminal.enrolment.device_key.public_key().verify(upload.envelope, upload.signature));
  const auto plain =
      must(seal::open_with(terminal.hub.seal_key, record::seal_info_record, record.id, upload.payload));
  auto expected = record;
  expected.case_no = saved.case_no;
  expected.terminal_id = "T-0001";
  CHECK(must(record::decode_case_record(plain)) == expected);
  const auto progress = must(journal->find_case(saved.case_no));
  REQUIRE(progress);
  CHECK(progress->state == RecordState::saved);
  CHECK(progress->service_id == record.service_id);
  CHECK(progress->created_utc_ms == record.created_utc_ms);
  CHECK_FALSE(must(journal->find_case("00000000000000")));
  CHECK(verify(terminal).clean());
}

TEST_CASE("the same record id again changes nothing") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  const auto record = test::sample_case();
  const Saved first = must(writer.save(record));
  const Saved other = must(writer.save(test::sample_case()));
  const Saved again = must(writer.save(record));
  CHECK(again.case_no == first.case_no);
  CHECK(again.seq == first.seq);
  CHECK(other.case_no != first.case_no);
  CHECK(must(journal->backlog()).waiting == 2);
}

TEST_CASE("a document belongs to its case: saved once, sealed, chained, without a number of its own") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  const Saved first = must(writer.save(test::sample_case()));
  const auto document = test::sample_document(first.case_no, seal::random_bytes(50'000));
  CHECK(must(writer.save(document)).case_no == first.case_no);
  CHECK(must(writer.save(document)).seq == 2);
  const Saved next = must(writer.save(test::sample_case()));
  CHECK(next.seq == 3);
  CHECK(next.case_no == must(record::make_case_no(42, 2)));
  CHECK(must(journal->find_case(first.case_no)));
  auto nameless = test::sample_document("", Bytes{1});
  CHECK_FALSE(writer.save(nameless).ok());
  CHECK(verify(terminal).clean());
}

TEST_CASE("a document too large for one record becomes several, all of them or none") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  const Saved first = must(writer.save(test::sample_case()));
  const auto document = test::sample_document(first.case_no, seal::random_bytes(500'000));
  must(journal->database().limit_pages(100));
  CHECK(test::code_of(writer.save(document)) == "store.disk_full");
  CHECK(must(journal->backlog()).waiting == 1);
  must(journal->database().limit_pages(1'000'000));
  CHECK(must(writer.save(document)).seq == 2);
  CHECK(must(journal->backlog()).waiting == 4);
  CHECK(must(writer.save(document)).seq == 2);  // again
  CHECK(must(RecordWriter(*journal, terminal.enrolment).save(document)).seq == 2);
  CHECK(must(writer.save(test::sample_case())).seq == 5);
  CHECK(test::code_of(writer.save(test::sample_document(
            first.case_no, Bytes(record::document_size_max + 1)))) == "record.document_too_large");
  CHECK(verify(terminal).records == 5);
  CHECK(verify(terminal).clean());
}

TEST_CASE("nothing of the person is in any file of the journal, in any encoding") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  for (int count = 0; count < 5; ++count) {
    const auto saved = must(RecordWriter(*journal, terminal.enrolment).save(test::sample_case()));
    must(RecordWriter(*journal, terminal.enrolment).save(test::sample_rating(saved.case_no)));
  }
  const std::string all = test::all_bytes_below(terminal.folder.path());
  REQUIRE(all.find("pension-confirmation") != std::string::npos);  // it does look into the right files
  CHECK(all.find(test::canary_name) == std::string::npos);
  CHECK(all.find(test::canary_number) == std::string::npos);
}

TEST_CASE("a rating carries the number of its case and takes none") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  const Saved first = must(writer.save(test::sample_case()));
  CHECK(must(writer.save(test::sample_rating(first.case_no))).case_no == first.case_no);
  const Saved second = must(writer.save(test::sample_case()));
  CHECK(std::stoll(second.case_no.substr(0, 13)) == std::stoll(first.case_no.substr(0, 13)) + 1);
  CHECK(verify(terminal).clean());
}

TEST_CASE("the last case number of an enrolment is the last: then staff are called") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  must(RecordWriter(*journal, terminal.enrolment).save(test::sample_case()));
  must(journal->database().execute("UPDATE record SET case_count = 999998"));
  RecordWriter writer(*journal, terminal.enrolment);
  const Saved last = must(writer.save(test::sample_case()));
  CHECK(last.case_no.substr(0, 13) == "0000042999999");
  CHECK(test::code_of(writer.save(test::sample_case())) == "case_no.exhausted");
  CHECK(must(writer.save(test::sample_rating(last.case_no))).seq == 3);  // a rating needs no number
}

TEST_CASE("what cannot be right is refused before it is told to be saved") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  auto record = test::sample_case();
  record.id = {};
  CHECK(test::code_of(writer.save(record)) == "record.invalid");
  record = test::sample_case();
  record.token = "short";
  CHECK(test::code_of(writer.save(record)) == "record.invalid");
  record = test::sample_case();
  record.case_no = "00000420000178";
  CHECK(test::code_of(writer.save(record)) == "record.invalid");
  record = test::sample_case("\xC3\x28");
  CHECK(test::code_of(writer.save(record)) == "record.invalid");
  CHECK(test::code_of(writer.save(test::sample_rating("123"))) == "case_no.bad_length");
  CHECK(must(journal->backlog()).waiting == 0);
  CHECK(must(writer.save(test::sample_case())).seq == 1);  // no number was used up
}

TEST_CASE("a payload goes only with the hub's signature over its very envelope") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  const Saved saved = must(writer.save(test::sample_case()));
  must(writer.save(test::sample_case()));
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(10));
  const Bytes receipt = terminal.hub.receipt_for(pending[0].upload);

  const test::FakeHub stranger;
  CHECK(test::code_of(outbox.settle(stranger.receipt_for(pending[0].upload))) == "receipt.bad_signature");
  CHECK(test::code_of(outbox.settle({})) == "message.invalid");
  record::HubReceipt wrong = must(record::decode_receipt(must(record::decode_signed(receipt)).body));
  wrong.seq = 2;
  CHECK(test::code_of(outbox.settle(terminal.hub.sign(record::encode(wrong)))) == "receipt.not_ours");
  wrong.seq = 99;
  CHECK(test::code_of(outbox.settle(terminal.hub.sign(record::encode(wrong)))) == "receipt.not_ours");
  wrong.seq = 1;
  wrong.epoch = 2;
  CHECK(test::code_of(outbox.settle(terminal.hub.sign(record::encode(wrong)))) == "receipt.not_ours");
  for (std::size_t bit = 0; bit < receipt.size() * 8; bit += 11) {
    Bytes changed = receipt;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    REQUIRE_FALSE(outbox.settle(changed).ok());
  }
  CHECK(must(outbox.pending(10)).size() == 2);

  must(outbox.settle(receipt));
  must(outbox.settle(receipt));  // a duplicate changes nothing
  const auto left = must(outbox.pending(10));
  REQUIRE(left.size() == 1);
  CHECK(left[0].seq == 2);
  const auto progress = must(journal->find_case(saved.case_no));
  CHECK(progress->state == RecordState::sent);
  CHECK(progress->received_utc_ms == 1'795'000'001'000);
  // Its contents stay for a while, as what may go first.
  CHECK(must(journal->database().prepare("SELECT payload IS NULL FROM record WHERE seq = 1").number()) == 0);
  CHECK(must(journal->database().prepare("SELECT count(*) FROM kept WHERE epoch = 1 AND seq = 1").number()) ==
        1);
  CHECK(verify(terminal).clean());
}

TEST_CASE("a refused record keeps its payload and lets the next ones pass") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  const Saved first = must(writer.save(test::sample_case()));
  const Saved second = must(writer.save(test::sample_case()));
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(10));
  must(outbox.settle(
      terminal.hub.receipt_for(pending[0].upload, record::ReceiptStatus::refused, "hub.bad_record")));
  must(outbox.set_aside(1, 2, "hub.fork"));
  CHECK(must(outbox.pending(10)).empty());
  CHECK(must(journal->find_case(first.case_no))->code == "hub.bad_record");
  CHECK(must(journal->find_case(second.case_no))->state == RecordState::refused);
  CHECK(must(journal->backlog()).refused == 2);
  CHECK(verify(terminal).clean());
  CHECK(must(journal->database().prepare("SELECT count(*) FROM record WHERE payload IS NULL").number()) == 0);
}

TEST_CASE("only the hub's signed word turns a sent case into an accepted one") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  const Saved saved = must(RecordWriter(*journal, terminal.enrolment).save(test::sample_case()));
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  const Bytes states = record::encode_states({{saved.case_no, record::CaseStage::accepted, 1, 2, "A-7"}});
  CHECK(must(outbox.apply_states(terminal.hub.sign(states))) == 0);  // not even sent
  must(outbox.settle(terminal.hub.receipt_for(must(outbox.pending(1))[0].upload)));
  REQUIRE(must(outbox.unaccepted_cases(10)).size() == 1);
  CHECK(must(outbox.unaccepted_cases(10))[0].case_no == saved.case_no);
  CHECK(must(outbox.unaccepted_cases(10, saved.seq)).empty());
  CHECK(test::code_of(outbox.apply_states(test::FakeHub().sign(states))) == "receipt.bad_signature");
  CHECK(must(outbox.apply_states(terminal.hub.sign(states))) == 1);
  CHECK(must(outbox.apply_states(terminal.hub.sign(states))) == 0);
  const auto progress = must(journal->find_case(saved.case_no));
  CHECK(progress->state == RecordState::accepted);
  CHECK(progress->acceptance_no == "A-7");
  CHECK(must(outbox.unaccepted_cases(10)).empty());
}

TEST_CASE("a journal belongs to one life of one terminal") {
  const test::Terminal terminal;
  { const auto journal = terminal.open(); }
  Identity other = terminal.enrolment.identity;
  other.epoch = 2;
  CHECK(test::code_of(Journal::open(terminal.journal_path, other)) == "store.other_identity");
}

TEST_CASE("who looks at a journal sees it as it is, and makes, mends and claims nothing") {
  const test::Terminal terminal;
  CHECK_FALSE(Journal::open_to_look(terminal.journal_path).ok());
  CHECK_FALSE(std::filesystem::exists(terminal.journal_path));
  const auto writing = terminal.open();
  must(RecordWriter(*writing, terminal.enrolment).save(test::sample_case()));
  const auto looking = must(Journal::open_to_look(terminal.journal_path));
  CHECK(looking->identity().terminal_id == terminal.enrolment.identity.terminal_id);
  CHECK(looking->identity().epoch == 1);
  CHECK(must(looking->backlog()).waiting == 1);
  CHECK(test::code_of(looking->note_replacement({1, "store.corrupt", 0})) == "store.read_only");

  const auto damaged = terminal.folder / "damaged.db";
  must(write_file_durably(damaged, Bytes(20'000, 7)));
  CHECK(test::code_of(Journal::open_to_look(damaged)) == "store.corrupt");
  CHECK(must(read_file(damaged, 30'000)) == Bytes(20'000, 7));
}

TEST_CASE("the link's state keeps when it began") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  CHECK(must(journal->link()).since_utc_ms == 0);
  must(outbox.set_link(false, "agent.offline", 100));
  must(outbox.set_link(false, "agent.hub_untrusted", 200));
  CHECK(must(journal->link()).since_utc_ms == 100);
  CHECK(must(journal->link()).code == "agent.hub_untrusted");
  must(outbox.set_link(true, "", 300));
  must(outbox.set_link(true, "", 400));
  CHECK(must(journal->link()).online);
  CHECK(must(journal->link()).since_utc_ms == 300);
}

TEST_CASE("sqlite3 and openssl alone check a signature") {
  const test::Terminal terminal;
  {
    const auto journal = terminal.open();
    must(RecordWriter(*journal, terminal.enrolment).save(test::sample_case()));
    must(RecordWriter(*journal, terminal.enrolment).save(test::sample_case()));
  }
  must(write_file_durably(terminal.folder / "device.pub",
                          view_of(terminal.enrolment.device_key.public_key().pem())));
  const std::string at = "cd " + terminal.folder.path().string() + " && ";
  const auto extracted = test::run_command(
      at +
      "sqlite3 journal.db \"SELECT writefile('e.bin', envelope), writefile('s.bin', signature), "
      "writefile('p.bin', payload) FROM record WHERE seq = 2\"");
  INFO(extracted.output);
  REQUIRE(extracted.exit_code == 0);
  const std::string check = "openssl dgst -sha256 -verify device.pub -signature s.bin ";
  CHECK(test::run_command(at + check + "e.bin").output == "Verified OK\n");
  CHECK(test::run_command(at + check + "p.bin").exit_code != 0);
  const auto digest = test::run_command(at + "openssl dgst -sha256 -r p.bin");
  const auto envelope = must(record::decode_envelope(must(read_file(terminal.folder / "e.bin", 10'000))));
  CHECK(digest.output.substr(0, 64) == to_hex(envelope.payload_digest));
}

TEST_CASE("three processes write one journal at the same time, and the chain holds") {
  const test::Terminal terminal;
  constexpr int processes = 3;
  constexpr int records_each = 30;
  std::vector<pid_t> children;
  for (int child = 0; child < processes; ++child) {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      auto journal = Journal::open(terminal.journal_path, terminal.enrolment.identity);
      int failures = journal.ok() ? 0 : 1;
      for (int count = 0; count < records_each && failures == 0; ++count) {
        if (!RecordWriter(**journal, terminal.enrolment).save(test::sample_case()).ok()) ++failures;
      }
      ::_exit(failures);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
  }
  const JournalReport report = verify(terminal);
  CHECK(report.records == processes * records_each);
  CHECK(report.clean());
}

}  // namespace bianmin::store
