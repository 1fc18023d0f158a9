#include "sync/record/case_no.hpp"
#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;

namespace {

std::string case_on_screen(KioskBench& bench) {
  const auto backlog = bench.journal->backlog().value();
  REQUIRE(backlog.waiting == 1);
  return record::make_case_no(42, 1).value();
}

record::CaseRecord filler(int number) {
  record::CaseRecord record;
  const store::FreshIds ids = store::fresh_ids();
  record.id = ids.id;
  record.token = ids.token;
  record.service_id = "filler";
  record.service_version = "1";
  record.item_code = std::to_string(number);
  record.created_utc_ms = 1;
  record.answers = {{"text", std::string(500, 'x')}};
  return record;
}

}  // namespace

TEST_CASE("a resident confirms the pension: saved first, then the slip, then the rating, then the end") {
  KioskBench bench;
  bench.start();
  REQUIRE(bench.page() == "welcome");
  bench.fill_in();
  CHECK(bench.shows("1101 **** **** 002X"));
  CHECK_FALSE(bench.shows("11010519491231002X"));
  CHECK(bench.printer.documents.empty());
  bench.touch("submit");
  REQUIRE(bench.page() == "saved");
  const std::string case_no = case_on_screen(bench);
  CHECK(bench.shows(record::format_case_no(case_no)));
  CHECK(bench.wakes == 1);
  REQUIRE(bench.printer.printing());
  CHECK(bench.ledger.find(case_no + "-1").value()->state == store::PrintState::sending);
  CHECK(bench.shows("正在打印"));

  bench.printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.ledger.find(case_no + "-1").value()->state == store::PrintState::printed);
  CHECK(bench.shows("打好了，请拿好"));

  bench.touch("rate");
  REQUIRE(bench.page() == "rating");
  bench.touch("level.2");
  CHECK(bench.page() == "blank");
  CHECK(bench.overs == 1);
  CHECK(bench.journal->backlog().value().waiting == 2);  // the case and its rating
}

TEST_CASE("the busy page is on the screen before the record is saved") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  REQUIRE(bench.screen.activate("submit"));
  CHECK(bench.page() == "busy");
  CHECK(bench.journal->backlog().value().waiting == 0);
  bench.turn();
  CHECK(bench.page() == "saved");
}

TEST_CASE("nothing of the person is in the log") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.touch("finish");
  const std::string log = bench.log_text();
  CHECK(log.find("saved") != std::string::npos);
  for (const std::string word : {"张某某", "11010519491231002X", "东河村"})
    CHECK(log.find(word) == std::string::npos);
}

TEST_CASE("card trouble is told in words and the reader goes on reading") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.0");
  bench.reader.see_card();
  CHECK(bench.shows("正在读身份证"));
  bench.reader.answer(Error{Remedy::ask_resident, "card.removed", {}});
  CHECK(bench.shows("卡拿开得太早了"));
  CHECK(bench.reader.reading());
  bench.reader.become({DeviceCondition::absent, "absent"});
  CHECK(bench.shows("读卡器连不上"));
  bench.reader.become(fake_ready);
  CHECK_FALSE(bench.shows("读卡器连不上"));
  bench.reader.answer(specimen_card());
  bench.turn();
  CHECK(bench.page() == "question.2");
}

TEST_CASE("who is not eligible is told why, with a code, and the session ends") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.0");
  card::IdCard expired = specimen_card();
  expired.valid_to = Date{2020, 1, 1};
  bench.reader.answer(std::move(expired));
  bench.turn();
  CHECK(bench.shows("pension.card_expired"));
  bench.touch("act");
  CHECK(bench.overs == 1);
  CHECK(bench.journal->backlog().value().waiting == 0);
}

TEST_CASE("a full disk: not saved, said so with its code, nothing printed, and trying again works") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  REQUIRE(bench.journal->database().limit_pages(1).ok());
  int fillers = 0;
  while (bench.writer.save(filler(fillers)).ok()) REQUIRE(++fillers < 1'000);
  bench.touch("submit");
  CHECK(bench.page() != "saved");
  CHECK(bench.shows("还没存上"));
  CHECK(bench.shows("store.disk_full"));
  CHECK(bench.printer.documents.empty());
  REQUIRE(bench.journal->database().limit_pages(100'000).ok());
  bench.touch("act");
  CHECK(bench.page() == "saved");
  CHECK(bench.journal->backlog().value().waiting == fillers + 1);
}

TEST_CASE("a doubtful slip is said to be doubtful, and its duplicate is marked") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  bench.printer.answer(printer::PrintOutcome::doubtful);
  INFO(bench.screen.semantic_dump());
  CHECK(bench.shows("可能没打完"));
  bench.touch("reprint");
  REQUIRE(bench.printer.documents.size() == 2);
  const auto* mark = std::get_if<printer::TextLine>(&bench.printer.documents[1].lines.front());
  REQUIRE(mark != nullptr);
  CHECK(mark->text == "—— 补打的凭条 ——");
  bench.printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.shows("打好了，请拿好"));
  const std::string case_no = case_on_screen(bench);
  CHECK(bench.ledger.find(case_no + "-1").value()->state == store::PrintState::doubtful);
  CHECK(bench.ledger.find(case_no + "-2").value()->state == store::PrintState::printed);
}

TEST_CASE("out of paper is said while the job waits, and a person who leaves ends the job") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.printer.become({DeviceCondition::needs_attention, "printer.paper_out"});
  bench.touch("submit");
  CHECK(bench.shows("没纸了"));
  bench.touch("finish");
  CHECK_FALSE(bench.printer.printing());
  CHECK(bench.ledger.find(case_on_screen(bench) + "-1").value()->state == store::PrintState::failed);
  CHECK(bench.overs == 1);
}

TEST_CASE("the saved page follows the record: sent, then accepted") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  bench.printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.shows("已送出，还没到"));
  store::Outbox outbox(*bench.journal, bench.enrolment.hub_receipt_key);
  const auto pending = outbox.pending(1).value();
  const auto envelope = record::decode_envelope(pending[0].upload.envelope).value();
  record::HubReceipt receipt{"T0000001", 1, envelope.seq, seal::sha256(pending[0].upload.envelope), 5,
                             {},         {}};
  const Bytes body = record::encode(receipt);
  REQUIRE(outbox.settle(record::encode(record::Signed{body, bench.hub_receipt_key.sign(body)})).ok());
  bench.pass(1'000);
  CHECK(bench.shows("已送出，已完成"));
}
