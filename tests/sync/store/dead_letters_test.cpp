#include "sync/store/dead_letters.hpp"

#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

TEST_CASE("what the hub does not take is seen with its reason, holds nothing up, and can be sent again") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  const auto first = must(writer.save(test::sample_case()));
  const auto second = must(writer.save(test::sample_case()));
  must(writer.save(test::sample_rating(first.case_no)));
  CHECK(must(dead_letters(*journal, 10)).empty());
  CHECK(test::code_of(retry_dead_letter(*journal, 1, 1)) == "journal.no_dead_letter");

  must(outbox.set_aside(1, first.seq, "hub.bad_upload"));
  const auto pending = must(outbox.pending(10));
  REQUIRE(pending.size() == 2);
  must(outbox.settle(
      terminal.hub.receipt_for(pending[0].upload, record::ReceiptStatus::refused, "hub.bad_record")));
  must(outbox.settle(terminal.hub.receipt_for(pending[1].upload)));  // its rating goes its own way

  const auto letters = must(dead_letters(*journal, 10));
  REQUIRE(letters.size() == 2);
  CHECK((letters[0].epoch == 1 && letters[0].seq == first.seq && letters[0].code == "hub.bad_upload"));
  CHECK((letters[0].case_no == first.case_no && letters[0].created_utc_ms == 1'795'000'000'123));
  CHECK((letters[1].case_no == second.case_no && letters[1].code == "hub.bad_record"));
  CHECK(must(dead_letters(*journal, 1)).size() == 1);
  CHECK(must(outbox.pending(10)).empty());

  must(retry_dead_letter(*journal, 1, first.seq));
  must(retry_dead_letter(*journal, 1, second.seq));
  CHECK(test::code_of(retry_dead_letter(*journal, 1, second.seq)) == "journal.no_dead_letter");
  CHECK(test::code_of(retry_dead_letter(*journal, 7, second.seq)) == "journal.no_dead_letter");
  CHECK(must(dead_letters(*journal, 10)).empty());
  for (const PendingRecord& one : must(outbox.pending(10))) {
    must(outbox.settle(terminal.hub.receipt_for(one.upload)));
  }
  CHECK(must(verify_journal(terminal.journal_path, terminal.enrolment.device_key.public_key(),
                            terminal.hub.receipt_key.public_key()))
            .clean());
  CHECK(must(journal->backlog()).refused == 0);
}

}  // namespace bianmin::store
