// The certificate that comes back: when it is offered, what is said while it comes and is printed, and that
// nothing of it stays, nor is claimed that did not come out.
#include "sync/record/case_no.hpp"
#include "tests/session/kiosk_bench.hpp"
#include "ui/sheet/sheet_output.hpp"

namespace bianmin {

namespace {

Bytes certificate_of(int row_count) {
  ui::Typesetter typesetter;
  ui::Sheet sheet;
  sheet.title = "食品经营许可证";
  for (int i = 0; i < row_count; ++i) sheet.rows.push_back({"经营项目", std::to_string(i)});
  const auto pages = ui::lay_out_sheet(typesetter, sheet).value();
  return ui::sheet_pdf(typesetter, pages, sheet.title, 0).value();
}

struct CertificateBench : KioskBench {
  CertificateBench() {
    has_page_printer = true;
    page_printer.become(fake_ready);
  }

  // To the answer of the hub, that has a certificate of so many bytes.
  void look_up(std::uint64_t certificate_size) {
    start();
    touch("choice.1");
    scanner.scan(record::slip_text({case_no, token}));
    record::CaseState state{case_no, record::CaseStage::accepted, 5'000, 6'000, "A-1", "issued", 7'000};
    state.certificate_size = certificate_size;
    answer_ask(state);
    pass(1'000);
    REQUIRE(page() == "progress");
  }
  void fetch(const Bytes& file) {
    touch("certificate");
    REQUIRE(page() == "sheet");
    CHECK(shows("正在取您的证照"));
    for (std::size_t done = 0; done < file.size(); done += record::certificate_piece_size) {
      answer_piece(file, seal::sha256(file));
      pass(250);
    }
  }
  bool offered() const { return page() == "progress" && screen.find("certificate") != nullptr; }
  std::vector<store::PrintJob> jobs() {
    return store::read_print_ledger(folder.path() / "journal.db", 10).value().jobs;
  }
  bool lies_about(const std::string& what) const {  // in any file of the terminal
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file()) continue;
      if (text_of(read_file(entry.path(), 64 << 20).value()).find(what) != std::string::npos) return true;
    }
    return false;
  }

  std::string case_no = record::make_case_no(77, 5).value();
  std::string token = record::make_token(Bytes(10, 7));
};

}  // namespace

TEST_CASE("a certificate is offered where it can be printed, and else it is said what to do") {
  CertificateBench bench;
  SECTION("none has come back") {
    bench.look_up(0);
    CHECK_FALSE(bench.shows("您的证照办好了"));
    CHECK(bench.shows("请到窗口领取"));
    CHECK_FALSE(bench.offered());
    return;
  }
  SECTION("no A4 printer") {
    bench.has_page_printer = false;
    bench.look_up(1'000);
    CHECK(bench.shows("没有 A4 打印机"));
    CHECK_FALSE(bench.offered());
  }
  SECTION("the paper is out, and comes back") {
    bench.page_printer.become({DeviceCondition::needs_attention, "printer.tray_empty"});
    bench.look_up(1'000);
    CHECK(bench.shows("没纸了"));
    CHECK(bench.shows("到窗口打印"));
    CHECK_FALSE(bench.offered());
    bench.page_printer.become(fake_ready);
    CHECK(bench.offered());
    bench.page_printer.become({DeviceCondition::absent, "absent"});
    CHECK_FALSE(bench.offered());
  }
  CHECK(bench.shows("您的证照办好了"));
  CHECK_FALSE(bench.shows("请到窗口领取"));
  CHECK(bench.jobs().empty());
  CHECK(bench.page_printer.jobs.empty());
}

TEST_CASE("a certificate is fetched, printed page by page, counted, and nothing of it stays") {
  CertificateBench bench;
  const Bytes file = certificate_of(90);
  bench.look_up(file.size());
  REQUIRE(bench.offered());
  bench.fetch(file);
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  CHECK(bench.shows("正在打印证照"));
  REQUIRE(bench.page_printer.jobs.size() == 1);
  const std::size_t count = bench.page_printer.jobs[0].size();
  CHECK(count > 1);
  for (const auto& page : bench.page_printer.jobs[0]) CHECK(page.whole());
  REQUIRE(bench.jobs().size() == 1);
  CHECK(bench.jobs()[0].id == bench.case_no + "-certificate-1");
  CHECK(bench.jobs()[0].state == store::PrintState::sending);
  CHECK(bench.jobs()[0].paper == store::PrintPaper::sheet);
  CHECK(bench.jobs()[0].document_digest == seal::sha256(file));
  bench.page_printer.become({DeviceCondition::needs_attention, "printer.tray_empty"});
  CHECK(bench.shows("没纸了"));
  CHECK(bench.shows("好了会接着打"));
  bench.page_printer.become(fake_ready);
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.shows("打好了，请拿好证照"));
  CHECK(bench.shows("一共 " + std::to_string(count) + " 页"));
  CHECK(bench.jobs()[0].state == store::PrintState::printed);
  bench.touch("leave");
  CHECK(bench.offered());
  CHECK(bench.shows("再打一次"));
  bench.touch("certificate");  // it is here already
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  CHECK(bench.jobs()[0].id == bench.case_no + "-certificate-2");
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.touch("leave");
  bench.touch("finish");
  CHECK(bench.overs == 1);
  CHECK(bench.journal->backlog().value().waiting == 0);  // no record: the hub has it
  CHECK_FALSE(bench.lies_about(text_of(ByteView(file).subspan(200, 100))));
  CHECK_FALSE(bench.lies_about(bench.token));
}

TEST_CASE("another visit prints it again under a number of its own") {
  CertificateBench bench;
  const Bytes file = certificate_of(1);
  const std::string earlier = bench.case_no + "-certificate-1";
  REQUIRE(bench.ledger.intend(earlier, bench.case_no, seal::sha256(file), store::PrintPaper::sheet));
  REQUIRE(bench.ledger.advance(earlier, store::PrintState::sending));
  REQUIRE(bench.ledger.advance(earlier, store::PrintState::printed));
  bench.look_up(file.size());
  bench.fetch(file);
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  CHECK(bench.ledger.find(bench.case_no + "-certificate-2").value()->state == store::PrintState::sending);
}

TEST_CASE("what may not be whole is said, and printed again if it is wanted") {
  CertificateBench bench;
  const Bytes file = certificate_of(1);
  bench.look_up(file.size());
  bench.fetch(file);
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  SECTION("doubtful") {
    bench.page_printer.answer(printer::PrintOutcome::doubtful);
    bench.turn();
    CHECK(bench.shows("可能没打全"));
    CHECK(bench.shows("一共该有 1 页"));
    CHECK(bench.jobs()[0].state == store::PrintState::doubtful);
  }
  SECTION("nothing whole") {
    bench.page_printer.answer(Error{Remedy::refuse, "printer.not_printed", {}});
    bench.turn();
    CHECK(bench.shows("没打出来"));
    CHECK(bench.jobs()[0].state == store::PrintState::failed);
  }
  bench.touch("again");
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  CHECK(bench.page_printer.jobs.size() == 2);
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.shows("打好了，请拿好证照"));
}

TEST_CASE("a file that cannot be printed sends to the counter with a code, and nothing is in the ledger") {
  const auto [file, code] = GENERATE(table<std::string, std::string>({
      {"<html>not found</html>", "pdf.broken"},
      {"%PDF-1.7\n1 0 obj << /Type /Catalog", "pdf.broken"},
  }));
  CertificateBench bench;
  bench.look_up(file.size());
  bench.fetch(bytes_of(file));
  REQUIRE(bench.until([&] { return bench.page() == "notice"; }));
  CHECK(bench.shows("这张证照在这里打不了"));
  CHECK(bench.shows("请拿着凭条到窗口打印"));
  CHECK(bench.shows(code));
  CHECK(bench.jobs().empty());
  CHECK(bench.page_printer.jobs.empty());
  bench.touch("act");
  CHECK(bench.page() == "progress");
}

TEST_CASE("a certificate that does not come is not printed") {
  CertificateBench bench;
  const Bytes file(record::certificate_piece_size + 10, 0x25);
  bench.look_up(file.size());
  bench.touch("certificate");
  std::string code;
  SECTION("offline") {
    bench.pass(41'000);
    code = "certificate.offline";
    CHECK(bench.shows("网络没通"));
  }
  SECTION("refused") {
    store::Outbox outbox(*bench.journal, bench.enrolment.hub_receipt_key);
    const auto open = outbox.open_asks(10, bench.clock.steady_ms()).value();
    REQUIRE(outbox.refuse_ask(open.at(0).id, "hub.no_certificate"));
    bench.pass(250);
    code = "certificate.refused";
    CHECK(bench.log_text().find("hub.no_certificate") != std::string::npos);
  }
  SECTION("not what its digest says") {
    for (int piece = 0; piece < 2; ++piece) {
      bench.answer_piece(file, seal::sha256(view_of("something else")));
      bench.pass(250);
    }
    code = "certificate.changed";
  }
  SECTION("issued anew again and again") {
    for (int piece = 0; piece < 4 && bench.page() == "sheet"; ++piece) {
      bench.answer_piece(file, seal::sha256(view_of(std::to_string(piece))));
      bench.pass(250);
    }
    code = "certificate.changed";
  }
  REQUIRE(bench.page() == "notice");
  CHECK(bench.shows(code));
  CHECK(bench.jobs().empty());
  CHECK(bench.page_printer.jobs.empty());
  bench.touch("act");
  CHECK(bench.offered());
}

TEST_CASE("who walks away while it comes leaves nothing behind") {
  CertificateBench bench;
  const Bytes file = certificate_of(1);
  bench.look_up(file.size());
  bench.touch("certificate");
  SECTION("while it is fetched") {}
  SECTION("while it is printed") {
    bench.answer_piece(file, seal::sha256(file));
    bench.pass(250);
    REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
    bench.pass(bench.settings.result_ms + 1'000);
    CHECK(bench.page_printer.printing());  // a result's short time does not end it
  }
  bench.session->end();
  bench.turn();
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.page_printer.printing());
  CHECK_FALSE(bench.page_printer.state_watched());
  CHECK(bench.journal->database().prepare("SELECT count(*) FROM ask").number().value() == 0);
  if (!bench.jobs().empty()) CHECK(bench.jobs()[0].state == store::PrintState::failed);
}

}  // namespace bianmin
