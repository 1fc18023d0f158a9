// The A4 sheet: when it is offered, what is said of it, what is kept of it, and that nothing is claimed that
// did not come out.
#include <cstdlib>

#include "sync/record/slip.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/session/slip_recovery.hpp"
#include "tests/session/kiosk_bench.hpp"

namespace bianmin {

namespace {

struct SheetTrouble {
  DeviceState state;
  const char* words;  // of the sentence on the screen
};
const SheetTrouble sheet_troubles[] = {{{DeviceCondition::needs_attention, "printer.tray_empty"}, "没纸了"},
                                       {{DeviceCondition::needs_attention, "printer.page_jam"}, "卡纸了"},
                                       {{DeviceCondition::needs_attention, "printer.cover_open"}, "盖子开着"},
                                       {{DeviceCondition::needs_attention, "printer.toner_out"}, "没墨了"},
                                       {{DeviceCondition::absent, "absent"}, "A4打印机"}};

struct SheetBench : KioskBench {
  SheetBench() { has_page_printer = true; }

  void save() {
    start();
    fill_in();
    touch("submit");
    printer.answer(printer::PrintOutcome::printed);
    turn();
    REQUIRE(page() == "saved");
  }
  void ask_for_sheet() {
    touch("sheet");
    REQUIRE(page() == "sheet");
    REQUIRE(until([this] { return page_printer.printing(); }));
  }
  bool offered() const { return screen.find("sheet") != nullptr && page() == "saved"; }
  std::vector<store::PrintJob> sheets() {
    std::vector<store::PrintJob> out;
    const auto report = store::read_print_ledger(folder.path() / "journal.db", 10);
    for (const store::PrintJob& job : report->jobs) {
      if (job.paper == store::PrintPaper::sheet) out.push_back(job);
    }
    return out;  // the newest first
  }
  std::int64_t waiting() { return journal->backlog().value().waiting; }
  // What the printer was given, as a picture.
  void put_picture(const printer::PageBitmap& page, const char* name) {
    const auto width = static_cast<std::size_t>(printer::a4_page.width_px);
    Bytes pgm = bytes_of("P5 2480 3508 255\n");
    Bytes row(width);
    for (int y = 0; y < printer::a4_page.height_px; ++y) {
      page.row(y, row);
      append(pgm, row);
    }
    REQUIRE(write_file_durably(folder.path() / name, pgm));
  }
  bool run(const std::string& command) const {
    return std::system(("cd " + folder.path().string() + " && " + command).c_str()) == 0;  // NOLINT
  }
  std::string text(const char* name) const {
    return text_of(read_file(folder.path() / name, 1 << 20).value());
  }
};

bool found(const char* program) {
  return std::system(("command -v " + std::string(program) + " >/dev/null").c_str()) == 0;  // NOLINT
}

}  // namespace

TEST_CASE("a sheet is offered only while an A4 printer is ready, and only by services that have one") {
  SheetBench bench;
  SECTION("no printer of that kind") {
    bench.has_page_printer = false;
    bench.save();
    CHECK_FALSE(bench.offered());
  }
  SECTION("the service has none") {
    bench.catalogue.packages.at(0).sheet.reset();
    bench.save();
    CHECK_FALSE(bench.offered());
    CHECK_FALSE(bench.page_printer.state_watched());
  }
  SECTION("it comes and goes") {
    bench.page_printer.become({});
    bench.save();
    CHECK_FALSE(bench.offered());
    bench.page_printer.become(fake_ready);
    CHECK(bench.offered());
    bench.page_printer.become({DeviceCondition::needs_attention, "printer.tray_empty"});
    CHECK_FALSE(bench.offered());
    bench.page_printer.become({DeviceCondition::degraded, "printer.toner_low"});
    CHECK(bench.offered());
  }
  SECTION("first the slip, which is the proof") {
    bench.start();
    bench.fill_in();
    bench.touch("submit");
    CHECK(bench.offered());
    bench.printer.answer(printer::PrintOutcome::doubtful);
    CHECK_FALSE(bench.offered());
    bench.touch("reprint");
    bench.printer.answer(printer::PrintOutcome::printed);
    CHECK(bench.offered());
  }
  CHECK(bench.page_printer.jobs.empty());
  CHECK(bench.sheets().empty());
  CHECK(bench.waiting() == 1);
}

TEST_CASE("the sheet is in the record and in the ledger before the printer has a byte of it") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  CHECK(bench.shows("正在打 A4 回执"));
  CHECK_FALSE(bench.shows("请拿好这张纸"));
  REQUIRE(bench.page_printer.jobs.size() == 1);
  CHECK(bench.page_printer.jobs[0].size() == 1);
  const auto record = bench.record_at_hub(1);
  const auto of_case = bench.record_at_hub(0);
  CHECK(record.kind == record::RecordKind::document);
  CHECK(record.case_no == of_case.case_no);
  CHECK(record.service_id == of_case.service_id);
  CHECK(record.token.empty());
  REQUIRE(record.document);
  CHECK(record.document->media_type == "application/pdf");
  CHECK(text_of(ByteView(record.document->bytes).first(8)) == "%PDF-1.4");
  const auto sheets = bench.sheets();
  REQUIRE(sheets.size() == 1);
  CHECK(sheets[0].state == store::PrintState::sending);
  CHECK(sheets[0].document_digest == seal::sha256(record.document->bytes));
  CHECK_FALSE(bench.ledger.paper_hangs().value());
  CHECK(bench.wakes == 2);
  WARN("the record of the sheet has " << record.document->bytes.size() << " bytes of PDF/A");

  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.shows("打好了，请拿好这张纸"));
  CHECK(bench.sheets()[0].state == store::PrintState::printed);
  bench.touch("leave");
  CHECK(bench.page() == "saved");
  CHECK_FALSE(bench.offered());  // one is enough
  bench.touch("finish");
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.page_printer.state_watched());
  const std::string log = bench.log_text();
  for (const char* personal : {"张某某", "11010519491231002X", "1101"})
    CHECK(log.find(personal) == std::string::npos);
}

TEST_CASE("other programs read the code of the printed page and of the PDF/A, and they are the slip's") {
  for (const char* program : {"zbarimg", "pdftoppm", "pdftotext"}) {
    if (found(program)) continue;
    WARN("skipped: no " << program << " (Debian packages zbar-tools, poppler-utils)");
    return;
  }
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  const auto of_case = bench.record_at_hub(0);
  const std::string code = record::slip_text({of_case.case_no, of_case.token}) + "\n";
  bench.put_picture(bench.page_printer.jobs[0][0], "page.pgm");
  REQUIRE(bench.run("zbarimg -q --raw page.pgm >code"));
  CHECK(bench.text("code") == code);
  REQUIRE(write_file_durably(bench.folder.path() / "sheet.pdf", bench.record_at_hub(1).document->bytes));
  REQUIRE(
      bench.run("pdftoppm -gray -r 150 sheet.pdf pdf && zbarimg -q --raw pdf-1.pgm >pdf-code && "
                "pdftotext -enc UTF-8 sheet.pdf text"));
  CHECK(bench.text("pdf-code") == code);
  const std::string text = bench.text("text");
  for (const char* told : {"收件回执", "张某某", "1101 **** **** 002X", "柳溪镇便民服务中心", "社保所"}) {
    INFO(told);
    CHECK(text.find(told) != std::string::npos);
  }
  CHECK(text.find("11010519491231002X") == std::string::npos);
}

TEST_CASE("each trouble of the A4 printer is told, and the sheet goes on by itself when it is mended") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  for (const SheetTrouble& trouble : sheet_troubles) {
    INFO(trouble.state.code);
    bench.page_printer.become(trouble.state);
    bench.turn();
    CHECK(bench.shows(trouble.words));
    CHECK_FALSE(bench.shows("请拿好这张纸"));
    CHECK(bench.shows("凭条照样算数"));
    bench.page_printer.become(fake_ready);
    CHECK(bench.shows("正在打 A4 回执"));
  }
  bench.page_printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.shows("打好了，请拿好这张纸"));
  CHECK(bench.page_printer.jobs.size() == 1);
}

TEST_CASE(
    "trouble of the A4 printer leaves the person where they are, and the sheet can be looked at again") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  bench.touch("leave");
  CHECK(bench.page() == "saved");
  bench.page_printer.become({DeviceCondition::needs_attention, "printer.tray_empty"});
  CHECK(bench.page() == "saved");
  CHECK(bench.shows("看看 A4 回执"));
  bench.touch("sheet");
  CHECK(bench.shows("没纸了"));
  CHECK(bench.page_printer.jobs.size() == 1);
  bench.touch("helper.back");
  bench.touch("rate");
  bench.page_printer.become(fake_ready);
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.page() == "rating");
}

TEST_CASE("a sheet in doubt is told, and the next one says that it is a duplicate") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  bench.page_printer.answer(printer::PrintOutcome::doubtful);
  CHECK(bench.shows("可能没打全"));
  REQUIRE(bench.screen.activate("again"));
  (void)bench.screen.activate("again");  // a second quick touch
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  REQUIRE(bench.page_printer.jobs.size() == 2);
  const auto sheets = bench.sheets();
  REQUIRE(sheets.size() == 2);
  CHECK(sheets[0].id == sheets[0].case_no + "-sheet-2");
  CHECK(sheets[0].document_digest != sheets[1].document_digest);  // the mark
  CHECK(bench.waiting() == 2);                                    // the record has the sheet once
  bench.clock.advance(1'000);
  bench.page_printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.shows("打好了，请拿好这张纸"));
  CHECK(bench.ledger.unfinished().value().empty());
}

TEST_CASE("what the printer called off did not come out, and may be tried again") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  bench.page_printer.answer(Error{Remedy::retry_later, "printer.not_printed", {}});
  CHECK(bench.shows("没打出来"));
  CHECK_FALSE(bench.shows("请拿好这张纸"));
  CHECK(bench.sheets()[0].state == store::PrintState::failed);
  bench.touch("again");
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
}

TEST_CASE("a record that cannot keep the sheet: nothing is printed, and it is tried again") {
  SheetBench bench;
  bench.save();
  const auto pages = bench.journal->database().prepare("PRAGMA page_count").number().value();
  REQUIRE(bench.journal->database().limit_pages(pages).ok());
  bench.touch("sheet");
  REQUIRE(bench.until([&] { return bench.shows("没打出来"); }));
  CHECK(bench.page_printer.jobs.empty());
  CHECK(bench.sheets().empty());
  CHECK(bench.waiting() == 1);
  REQUIRE(bench.journal->database().limit_pages(1'000'000).ok());
  bench.touch("again");
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  CHECK(bench.sheets()[0].id.ends_with("-sheet-1"));
  CHECK(bench.waiting() == 2);
}

TEST_CASE("a person who leaves calls the sheet off") {
  SheetBench bench;
  bench.save();
  SECTION("while it is drawn") {
    bench.touch("sheet");
    bench.touch("leave");
    bench.touch("finish");
    CHECK(bench.overs == 1);
    bench.session.reset();
    bench.turn();
    CHECK(bench.sheets().size() <= 1);  // the worker may have been quicker
  }
  SECTION("while it is printed") {
    bench.ask_for_sheet();
    bench.touch("leave");
    bench.touch("finish");
    CHECK(bench.overs == 1);
    CHECK_FALSE(bench.page_printer.printing());
    CHECK(bench.sheets()[0].state == store::PrintState::failed);
  }
  CHECK_FALSE(bench.page_printer.state_watched());
}

TEST_CASE("a power cut in the middle of a sheet leaves a doubt, and no piece in the receipt printer") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  bench.session.reset();  // nobody says good-bye
  CHECK(bench.sheets()[0].state == store::PrintState::sending);
  const std::int64_t speak_ms =
      session::recover_slips(bench.ledger, bench.printer, bench.log, bench.clock.utc_ms(), 300'000);
  CHECK(bench.sheets()[0].state == store::PrintState::doubtful);
  CHECK(speak_ms == 0);  // the welcome page speaks of slips
  CHECK_FALSE(bench.printer.asked_to_cut());
}

TEST_CASE("who waits for a sheet is not sent away after the time of a result page") {
  SheetBench bench;
  bench.save();
  bench.ask_for_sheet();
  bench.pass(100'000);
  CHECK(bench.page() == "sheet");
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  bench.pass(35'000);
  CHECK(bench.page() == "idle");
}

TEST_CASE("the light of the A4 printer leads to the sheet, and staff see what is the matter with it") {
  SheetBench bench;
  bench.save();
  using cabinet::LightPlace;
  CHECK_FALSE(bench.lights.lit.contains(LightPlace::page_printer));
  bench.ask_for_sheet();
  CHECK(bench.lights.lit.at(LightPlace::page_printer) == cabinet::Light::on);
  bench.page_printer.become({DeviceCondition::needs_attention, "printer.tray_empty"});
  bench.touch("helper.help");
  CHECK(bench.shows("printer.tray_empty"));
  bench.touch("close");
  bench.page_printer.become(fake_ready);
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.lights.lit.at(LightPlace::page_printer) == cabinet::Light::blink);
}

}  // namespace bianmin
