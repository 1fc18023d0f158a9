#include "terminal/session/session.hpp"

#include "sync/record/case_no.hpp"
#include "sync/record/slip.hpp"
#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;

TEST_CASE("a person who walks away is asked, then the session ends") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.0");
  bench.pass(121'000);
  REQUIRE(bench.page() == "idle");
  bench.touch("stay");
  CHECK(bench.page() == "card");
  bench.pass(121'000);
  REQUIRE(bench.page() == "idle");
  bench.pass(46'000);
  CHECK(bench.page() == "blank");
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.reader.reading());
}

TEST_CASE("calling help holds the idle clock, but not for ever") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.0");
  bench.touch("helper.help");
  REQUIRE(bench.page() == "help");
  CHECK(bench.shows("12345"));
  bench.pass(600'000);
  CHECK(bench.page() == "help");
  bench.screen.pointer_down({5, 5});
  bench.screen.pointer_up({5, 5});
  bench.pass(600'000);  // a touch while waiting does not bring the short clock back
  CHECK(bench.page() == "help");
  bench.touch("close");
  CHECK(bench.page() == "card");
  bench.touch("helper.help");
  bench.pass(901'000);  // nobody came, and the resident has left
  CHECK(bench.page() == "idle");
  bench.pass(46'000);
  CHECK(bench.page() == "blank");
  CHECK(bench.overs == 1);
}

TEST_CASE("settings of one person do not stay for the next") {
  KioskBench bench;
  bench.start();
  bench.screen.pointer_down({5, 5});
  bench.screen.pointer_up({5, 5});
  bench.touch("helper.language");
  CHECK(bench.shows("Hello"));
  bench.pass(170'000);
  CHECK(bench.shows("您好"));
  CHECK(bench.overs == 0);
}

TEST_CASE("offline, a slip of this terminal is answered from here, and honestly") {
  KioskBench bench;
  record::CaseRecord record;
  record.id[0] = 1;
  record.token = record::make_token(Bytes(10, 7));
  record.terminal_id = "T0000001";
  record.created_utc_ms = 1;
  record.service_id = "pension-confirmation";
  record.service_version = "1";
  record.item_code = "1";
  const auto saved = bench.writer.save(record).value();
  bench.start();
  bench.touch("choice.1");
  REQUIRE(bench.scanner.listening());
  bench.scanner.scan(std::string("https://example.org/other"));
  CHECK(bench.shows("这不是我们的凭条"));
  bench.scanner.scan(Error{Remedy::ask_resident, "scanner.bad_code", {}});
  CHECK(bench.shows("没扫清"));
  bench.scanner.scan(record::slip_text({saved.case_no, record::make_token(Bytes(10, 7))}));
  CHECK(bench.shows("正在查"));
  CHECK(bench.wakes == 1);
  bench.pass(4'000);
  REQUIRE(bench.page() == "progress");
  CHECK(bench.shows("已存在本机，已完成"));
  CHECK(bench.shows("已送出，还没到"));
  CHECK(bench.shows("这是本机知道的"));
}

TEST_CASE("what the department says of a case is told, in words that this terminal has") {
  const auto [word, told] =
      GENERATE(table<std::string, bool>({{"checking", true}, {"xk-17", false}, {"", false}}));
  KioskBench bench;
  bench.start();
  bench.touch("choice.1");
  const std::string case_no = record::make_case_no(77, 5).value();
  bench.scanner.scan(record::slip_text({case_no, record::make_token(Bytes(10, 7))}));
  record::CaseState state{case_no, record::CaseStage::accepted, 5'000, 6'000, "A-1"};
  state.department_state = word;
  state.department_utc_ms = word.empty() ? 0 : 7'000;
  bench.answer_ask(state);
  bench.pass(1'000);
  REQUIRE(bench.page() == "progress");
  INFO(bench.screen.semantic_dump());
  CHECK(bench.shows("已受理"));
  CHECK(bench.shows("不用再做什么") != told);
  CHECK(bench.shows("部门反馈") == told);
  CHECK(bench.shows("正在审核") == told);
  CHECK_FALSE(bench.shows("xk-17"));
}

TEST_CASE("offline, a slip of another terminal cannot be looked up, and that is said") {
  KioskBench bench;
  bench.start();
  bench.touch("choice.1");
  const std::string elsewhere = record::make_case_no(77, 5).value();
  bench.scanner.scan(record::slip_text({elsewhere, record::make_token(Bytes(10, 7))}));
  bench.pass(4'000);
  REQUIRE(bench.page() == "progress");
  CHECK(bench.shows("现在没联网，查不到"));
  CHECK_FALSE(bench.shows("已完成"));
  bench.touch("another");
  CHECK(bench.page() == "scan");
  bench.touch("helper.back");
  CHECK(bench.overs == 1);
}

TEST_CASE("a slip that was being sent when the power went is in doubt, and the next page says so") {
  KioskBench bench;
  REQUIRE(bench.ledger.intend("00000420000015-1", "00000420000015", {}).ok());
  REQUIRE(bench.ledger.advance("00000420000015-1", store::PrintState::sending).ok());
  REQUIRE(bench.ledger.intend("00000420000023-1", "00000420000023", {}).ok());
  bench.start();
  CHECK(bench.shows("可能没打完"));
  CHECK(bench.ledger.find("00000420000015-1").value()->state == store::PrintState::doubtful);
  CHECK(bench.ledger.find("00000420000023-1").value()->state == store::PrintState::cancelled);
  CHECK(bench.printer.documents.empty());
  bench.pass(301'000);
  CHECK_FALSE(bench.shows("可能没打完"));  // nobody is still looking for that slip
}

TEST_CASE("the network mark follows the agent's word") {
  KioskBench bench;
  bench.start();
  CHECK(bench.shows("未联网"));
  store::Outbox outbox(*bench.journal, bench.enrolment.hub_receipt_key);
  REQUIRE(outbox.set_link(true, "", 1).ok());
  bench.pass(2'500);
  CHECK(bench.shows("已联网"));
}

TEST_CASE("a result page goes by itself, but not before its time") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  bench.pass(100'000);  // the resident took long over the check
  bench.touch("submit");
  REQUIRE(bench.page() == "saved");
  bench.pass(29'000);
  CHECK(bench.page() == "saved");
  bench.pass(2'000);
  CHECK(bench.page() == "idle");
  bench.pass(46'000);
  CHECK(bench.overs == 1);
}

TEST_CASE("a journal that another process has to replace is let go, but not while somebody is served") {
  KioskBench bench;
  bench.start();
  const auto wish = bench.folder.path() / "journal.db.wish";
  bench.journal->hold(FileDescriptor(), wish);
  bench.touch("choice.0");
  REQUIRE(write_file_durably(wish, {}).ok());
  bench.pass(5'000);
  CHECK(bench.overs == 0);
  bench.touch("helper.back");
  bench.pass(500);
  CHECK(bench.overs == 1);

  KioskBench next;
  next.start();
  next.pass(5'000);
  CHECK(next.overs == 0);
  next.journal->hold(FileDescriptor(), wish);
  next.pass(2'500);
  CHECK(next.overs == 1);
}

TEST_CASE(
    "a journal that is nearly full closes what saves something, before a service is begun and never during") {
  for (const std::string language : {"zh-Hans", "en"}) {
    KioskBench bench;
    bench.settings.language = language;
    bench.settings.journal.unsent_max = 1;
    bench.start();
    bench.fill_in();
    bench.touch("submit");
    CHECK(bench.page() == "saved");  // there was room when this began
    bench.session.reset();
    bench.start();
    const std::string sentence =
        bench.languages.at(language).strings.text("session.journal_full", {{"phone", "12345"}});
    CHECK(bench.shows(sentence));
    bench.touch("choice.0");
    CHECK(bench.page() == "closed");
    CHECK(bench.shows("journal.too_many_unsent"));
    CHECK(bench.log_text().find("journal-room") != std::string::npos);
    store::Outbox outbox(*bench.journal, bench.enrolment.hub_receipt_key);
    const auto waiting = outbox.pending(10);
    for (const store::PendingRecord& one : *waiting) {
      REQUIRE(outbox.set_aside(one.epoch, one.seq, "hub.test").ok());
    }
    bench.pass(2'500);
    CHECK_FALSE(bench.shows(sentence));
    bench.touch("choice.0");
    CHECK(bench.page() == "card");
  }
}
