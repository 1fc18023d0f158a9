// A4 printers over emulated USB: what comes out, what is said about it, and that both are the same.
#include "drivers/emulator/page_printer_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/drawn_page.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using emulator::PageLanguage;
using emulator::PagePrinterModel;
using printer::PageJob;
using printer::PrintOutcome;

namespace {

struct PageRig : LoopRig {
  explicit PageRig(PageLanguage language = PageLanguage::pcl_with_pjl) : device(language) {
    device.plug();
    printer =
        std::make_unique<printer::UsbPagePrinter>(*bus, loop, nullptr, quick_page_options(), quick_recovery);
  }
  void start_printing(PageJob job) {
    ended.clear();
    before = count(&PagePrinterModel::whole_count);
    printer->print(std::move(job), [this](Result<PrintOutcome> outcome) {
      CHECK(ended.empty());
      if (!outcome) ended = std::string(outcome.error().code);
      if (outcome) ended = *outcome == PrintOutcome::printed ? "printed" : "doubtful";
    });
  }
  std::string print(PageJob job) {
    start_printing(std::move(job));
    return until([&] { return !ended.empty(); }) ? ended : "no end";
  }
  bool until_code(std::string_view code) {
    return until([&] { return printer->state().code == code; });
  }
  int count(int (PagePrinterModel::*what)() const) {
    return device.change([what](PagePrinterModel& model) { return (model.*what)(); });
  }
  int whole() { return count(&PagePrinterModel::whole_count) - before; }
  bool shows(const PageJob& job) {
    return device.change([&](PagePrinterModel& model) {
      if (model.last_pages().size() != job.size()) return false;
      for (std::size_t i = 0; i < job.size(); ++i) {
        if (!same_pixels(job[i], model.last_pages()[i].grey)) return false;
      }
      return true;
    });
  }
  template <typename Change>
  void change(Change change) {
    device.change([&](PagePrinterModel& model) { change(model); });
  }

  EmulatedDevice<PagePrinterModel> device;
  std::unique_ptr<printer::UsbPagePrinter> printer;
  std::string ended;
  int before = 0;
};

}  // namespace

TEST_CASE("pages are printed, and the printer says so") {
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  CHECK(rig.print(drawn_job(2)) == "printed");
  CHECK(rig.whole() == 1);
  CHECK(rig.shows(drawn_job(2)));
  CHECK(rig.print(drawn_job(1)) == "printed");
  CHECK(rig.shows(drawn_job(1)));
  CHECK(rig.count(&PagePrinterModel::partial_count) == 0);
}

TEST_CASE("a printer without PJL prints the same pages, and leaves it in doubt") {
  const PageLanguage language = GENERATE(PageLanguage::pcl, PageLanguage::pwg);
  PageRig rig(language);
  REQUIRE(rig.until_code("ready"));
  CHECK(rig.print(drawn_job(1)) == "doubtful");
  CHECK(rig.whole() == 1);
  CHECK(rig.shows(drawn_job(1)));
  rig.change([](PagePrinterModel& model) { model.set_paper(false); });
  REQUIRE(rig.until_code("printer.tray_empty"));
}

TEST_CASE("a printer whose languages we do not speak says so") {
  PageRig rig(PageLanguage::postscript);
  REQUIRE(rig.until_code("printer.no_language"));
  REQUIRE(rig.until([&] { return rig.printer->state().condition == DeviceCondition::faulted; }));
}

TEST_CASE("what stops a page printer are states that are told apart") {
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  const auto told = [&](auto spoil, auto mend, std::string_view code) {
    INFO(code);
    rig.change(spoil);
    CHECK(rig.until_code(code));
    rig.change(mend);
    CHECK(rig.until_code("ready"));
  };
  using Model = PagePrinterModel;
  told([](Model& m) { m.set_paper(false); }, [](Model& m) { m.set_paper(true); }, "printer.tray_empty");
  told([](Model& m) { m.set_cover(true); }, [](Model& m) { m.set_cover(false); }, "printer.cover_open");
  told([](Model& m) { m.set_jam(true); }, [](Model& m) { m.set_jam(false); }, "printer.page_jam");
  told([](Model& m) { m.set_toner_out(true); }, [](Model& m) { m.set_toner_out(false); },
       "printer.toner_out");
  told([](Model& m) { m.set_toner_low(true); }, [](Model& m) { m.set_toner_low(false); },
       "printer.toner_low");
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
}

TEST_CASE("a job waits for paper, and goes on by itself when there is some") {
  PageRig rig;
  rig.change([](PagePrinterModel& model) { model.set_paper(false); });
  REQUIRE(rig.until_code("printer.tray_empty"));
  rig.start_printing(drawn_job(1));
  for (int i = 0; i < 20; ++i) rig.loop.run_once(10);
  CHECK(rig.ended.empty());
  rig.change([](PagePrinterModel& model) { model.set_paper(true); });
  REQUIRE(rig.until([&] { return !rig.ended.empty(); }));
  CHECK(rig.ended == "printed");
  CHECK(rig.whole() == 1);
}

TEST_CASE("paper out, an open cover or a jam at any byte of a job: one whole job, and the truth about it") {
  const std::size_t at = GENERATE(1U, 200U, 900U, 5'000U, 20'000U, 60'000U);
  const int kind = GENERATE(0, 1, 2);
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.change([&](PagePrinterModel& model) {
    if (kind == 0) model.paper_out_after(at);
    if (kind == 1) model.cover_open_after(at);
    if (kind == 2) model.jam_after(at);
  });
  rig.start_printing(drawn_job(1));
  const std::string_view code = kind == 0   ? "printer.tray_empty"
                                : kind == 1 ? "printer.cover_open"
                                            : "printer.page_jam";
  REQUIRE(rig.until([&] { return rig.printer->state().code == code || !rig.ended.empty(); }));
  rig.change([](PagePrinterModel& model) {
    model.set_paper(true);
    model.set_cover(false);
    model.set_jam(false);
  });
  REQUIRE(rig.until([&] { return !rig.ended.empty(); }));
  CHECK(rig.ended == "printed");
  CHECK(rig.whole() == 1);
}

TEST_CASE("unplugged at any byte of a job: one whole job, or a doubt") {
  static int doubts = 0;
  static int tried = 0;
  const int step = GENERATE(range(0, 24));
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.change(
      [&](PagePrinterModel& model) { model.pull_plug_after(1 + 97U * static_cast<unsigned>(step * step)); });
  rig.start_printing(drawn_job(2));
  REQUIRE(rig.until([&] {
    if (!rig.device.plugged()) rig.device.plug();
    return !rig.ended.empty();
  }));
  ++tried;
  INFO("after " << 1 + 97 * step * step << " bytes it ended as " << rig.ended);
  CHECK((rig.ended == "printed" || rig.ended == "doubtful"));
  CHECK(rig.whole() <= 1);
  if (rig.ended == "printed") CHECK(rig.whole() == 1);
  if (rig.ended == "doubtful") ++doubts;
  if (step == 0) CHECK(rig.ended == "printed");
  if (step == 23) std::printf("pages unplugged: %d places, %d in doubt\n", tried, doubts);
}

TEST_CASE("without the printer's word a job stays in doubt") {
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.change([](PagePrinterModel& model) { model.lose_next_word(); });
  CHECK(rig.print(drawn_job(1)) == "doubtful");
  CHECK(rig.print(drawn_job(1)) == "printed");
}

TEST_CASE("a job that a person calls off at the printer was not printed") {
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.change([](PagePrinterModel& model) { model.call_off_next_job(); });
  CHECK(rig.print(drawn_job(1)) == "printer.not_printed");
  CHECK(rig.whole() == 0);
}

TEST_CASE("a job is refused, called off while it waits, and called off in the printer") {
  PageRig rig;
  CHECK(rig.print({}) == "printer.bad_document");
  CHECK(rig.print({printer::PageBitmap(printer::a4_page)}) == "printer.bad_document");
  rig.change([](PagePrinterModel& model) { model.set_paper(false); });
  REQUIRE(rig.until_code("printer.tray_empty"));
  rig.start_printing(drawn_job(1));
  std::string second;
  rig.printer->print(drawn_job(1), [&](Result<PrintOutcome> outcome) { second = outcome.error().code; });
  REQUIRE(rig.until([&] { return !second.empty(); }));
  CHECK(second == "printer.busy");
  rig.printer->cancel();
  REQUIRE(rig.until([&] { return !rig.ended.empty(); }));
  CHECK(rig.ended == "printer.cancelled");
  rig.change([](PagePrinterModel& model) { model.set_paper(true); });
  REQUIRE(rig.until_code("ready"));
  // It runs empty when it has the job: cancelling empties it, and what came out is for a person to see.
  rig.change([](PagePrinterModel& model) { model.paper_out_after(30'000); });
  rig.start_printing(drawn_job(3));
  REQUIRE(rig.until_code("printer.tray_empty"));
  rig.printer->cancel();
  REQUIRE(rig.until([&] { return !rig.ended.empty(); }));
  CHECK((rig.ended == "doubtful" || rig.ended == "printer.cancelled"));
  rig.change([](PagePrinterModel& model) { model.set_paper(true); });
  REQUIRE(rig.until_code("ready"));
  CHECK(rig.print(drawn_job(1)) == "printed");
  CHECK(rig.whole() == 1);
}

TEST_CASE(
    "one lost word while a printer is greeted makes it neither another kind nor one that never confirms") {
  PageRig rig;
  REQUIRE(rig.until_code("ready"));
  for (const emulator::FaultKind fault : {emulator::FaultKind::stall, emulator::FaultKind::garbage}) {
    for (const int index : {0, 3, 4, 5}) {
      INFO(static_cast<int>(fault) << " at " << index);
      rig.device.unplug();
      REQUIRE(rig.until_code("absent"));
      rig.device.fail_at(index, fault);
      rig.device.plug();
      REQUIRE(rig.until_code("ready"));
      rig.device.forget_faults();
      CHECK(rig.print(drawn_job(1)) == "printed");
      CHECK(rig.whole() == 1);
    }
  }
}

TEST_CASE("a receipt printer and a page printer side by side: each driver takes its own") {
  const bool page_printer_first = GENERATE(true, false);
  LoopRig rig;
  EmulatedDevice<PagePrinterModel> page_device;
  EmulatedDevice<emulator::PrinterModel> receipt_device;
  if (page_printer_first) page_device.plug();
  receipt_device.plug();
  page_device.plug();
  printer::EscposPrinter receipts(*rig.bus, rig.loop, nullptr, quick_escpos_options(), quick_recovery);
  printer::UsbPagePrinter pages(*rig.bus, rig.loop, nullptr, quick_page_options(), quick_recovery);
  REQUIRE(rig.until([&] { return receipts.state().usable() && pages.state().usable(); }));
  receipt_device.change([](emulator::PrinterModel& model) { model.set_cover(true); });
  REQUIRE(rig.until([&] { return receipts.state().code == "printer.cover_open"; }));
  CHECK(pages.state().code == "ready");
  // Without its own device a driver has none, however long the other one is there.
  page_device.unplug();
  REQUIRE(rig.until([&] { return pages.state().code == "absent"; }));
  for (int i = 0; i < 30; ++i) rig.loop.run_once(10);
  CHECK(pages.state().code == "absent");
  receipt_device.unplug();
  page_device.plug();
  REQUIRE(rig.until([&] { return pages.state().usable() && receipts.state().code == "absent"; }));
}

}  // namespace bianmin
