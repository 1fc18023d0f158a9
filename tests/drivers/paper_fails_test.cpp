// The conformance suites of both kinds of printers find what is wrong: each step fails by what it is about.
#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/printer/page_printer.hpp"
#include "tests/drivers/played_site.hpp"
#include "tests/fakes/fake_devices.hpp"

namespace bianmin {

using conformance::Act;
using conformance::Report;
using conformance::Verdict;
using printer::PrintOutcome;
using printer::SlipPresence;

namespace {

using Done = std::function<void(Result<PrintOutcome>)>;

// Prints at once, and does what a printer has to, but for what the test says.
struct PlayedPaper {
  PlayedPaper(PlayedSite& site_, std::string_view paper_out_) : site(site_), paper_out(paper_out_) {
    auto& acts = site.hands.acts;
    const auto set = [this](bool& what, bool to) {
      return [this, &what, to] {
        what = to;
        update();
      };
    };
    acts[Act::plug] = set(plugged, true);
    acts[Act::unplug] = set(plugged, false);
    acts[Act::load_paper] = set(paper, true);
    acts[Act::remove_paper] = set(paper, false);
    acts[Act::close_cover] = set(cover_open, false);
    acts[Act::open_cover] = set(cover_open, true);
    acts[Act::jam_page] = set(jammed, true);
    acts[Act::clear_jam] = set(jammed, false);
    acts[Act::free_cutter] = set(cutter_stuck, false);
    acts[Act::unplug_during] = [this] { during = &plugged; };
    acts[Act::remove_paper_during] = [this] { during = &paper; };
    acts[Act::open_cover_during] = [this] { during = &cover_open; };
    acts[Act::block_cutter] = [this] { during = &cutter_stuck; };
    site.hands.slips = [this] { return slips; };
  }

  void print(bool empty, Done then) {
    if (empty && !takes_nothing) return post(std::move(then), error("printer.bad_document"));
    if (done && !takes_second) return post(std::move(then), error("printer.busy"));
    done = std::move(then);
    if (during != nullptr) {
      *during = !*during;
      during = nullptr;
      interrupted = true;
      update();
    }
    go_on();
  }
  void cancel() {
    if (!done || never_cancels) return;
    hangs = hangs || std::exchange(interrupted, false);
    post(std::exchange(done, nullptr), error("printer.cancelled"));
  }
  DeviceState now() const {
    if (!plugged) return {DeviceCondition::absent, "absent"};
    if (cover_open) return {DeviceCondition::needs_attention, "printer.cover_open"};
    if (!paper) return {DeviceCondition::needs_attention, paper_out};
    if (jammed) return {DeviceCondition::needs_attention, "printer.page_jam"};
    if (cutter_stuck) return {DeviceCondition::faulted, "printer.cutter"};
    return fake_ready;
  }
  DeviceState state() const { return blind ? fake_ready : now(); }
  void update() {
    if (changed) changed(state());
    go_on();
  }
  void go_on() {
    if (!done || (!now().usable() && !claims_all)) return;
    const bool again = std::exchange(interrupted, false);
    if (again && forgets) return;
    slips += hangs ? 0 : again && repeats ? 2 : each;
    hangs = false;
    post(std::exchange(done, nullptr), outcome);
  }
  void post(Done then, Result<PrintOutcome> result) {
    site.loop.post([then = std::move(then), result = std::move(result)] { then(result); });
  }
  static Result<PrintOutcome> error(std::string_view code) { return Error{Remedy::retry_later, code, {}}; }

  PlayedSite& site;
  std::string_view paper_out;
  std::function<void(DeviceState)> changed;
  Done done;
  bool plugged = true;
  bool paper = true;
  bool cover_open = false;
  bool jammed = false;
  bool cutter_stuck = false;
  bool hangs = false;  // a piece, to which the next slip is printed
  bool* during = nullptr;
  bool interrupted = false;
  int slips = 0;

  // What is wrong with it.
  int each = 1;
  bool blind = false;       // tells nothing
  bool claims_all = false;  // says that it printed when it cannot
  bool forgets = false;     // what was interrupted
  bool repeats = false;     // what was interrupted, twice
  bool takes_nothing = false;
  bool takes_second = false;
  bool never_cancels = false;
  Result<PrintOutcome> outcome = PrintOutcome::printed;
};

class PlayedPrinter : public FakePrinter {
 public:
  explicit PlayedPrinter(PlayedSite& site) : paper(site, "printer.paper_out") {
    site.hands.acts[Act::take_slip] = [this] {
      if (!sees_ghosts) become(SlipPresence::none);
    };
    FakePrinter::become(SlipPresence::none);
  }
  using FakePrinter::become;
  DeviceState state() const override { return paper.state(); }
  void watch(std::function<void(DeviceState)> changed) override { paper.changed = std::move(changed); }
  void print(const printer::Document& document, Done done) override {
    paper.print(document.lines.empty(), std::move(done));
    if (sees_slips) become(SlipPresence::waiting);
  }
  void cancel() override { paper.cancel(); }
  void cut_remains(std::function<void()> done) override {
    if (never_cuts) return;
    if (!leaves_piece) paper.hangs = false;
    paper.site.loop.post(std::move(done));
  }
  void retract(std::function<void(bool)> done) override {
    if (never_retracts) return;
    const bool empty = !cannot_retract;
    if (empty && !lies_of_mouth) become(SlipPresence::none);
    paper.site.loop.post([done = std::move(done), empty] { done(empty); });
  }

  PlayedPaper paper;
  bool sees_slips = true;
  bool sees_ghosts = false;  // slips that were taken
  bool never_cuts = false;
  bool leaves_piece = false;
  bool never_retracts = false;
  bool cannot_retract = false;
  bool lies_of_mouth = false;
};

class PlayedPagePrinter : public printer::PagePrinter {
 public:
  explicit PlayedPagePrinter(PlayedSite& site) : paper(site, "printer.tray_empty") {}
  DeviceState state() const override { return paper.state(); }
  void watch(std::function<void(DeviceState)> changed) override { paper.changed = std::move(changed); }
  void print(printer::PageJob job, Done done) override { paper.print(job.empty(), std::move(done)); }
  void cancel() override { paper.cancel(); }

  PlayedPaper paper;
};

Report run(PlayedSite& site, PlayedPrinter& printer) { return site.run(conformance::printer_suite(printer)); }
Report run(PlayedSite& site, PlayedPagePrinter& printer) {
  return site.run(conformance::page_printer_suite(printer));
}

void expect(const Report& report, std::string_view step, std::string_view code) {
  INFO(report_table(report));
  CHECK(step_of(report, step).verdict == (code.empty() ? Verdict::passed : Verdict::failed));
  CHECK(step_of(report, step).code == code);
}

}  // namespace

TEMPLATE_TEST_CASE("printers that do all they have to pass every step", "", PlayedPrinter,
                   PlayedPagePrinter) {
  PlayedSite site;
  TestType printer(site);
  const Report report = run(site, printer);
  INFO(report_table(report));
  CHECK(report.count(Verdict::failed) == 0);
  CHECK(report.count(Verdict::skipped) == 0);
}

TEMPLATE_TEST_CASE("a printer's word is compared with the paper", "", PlayedPrinter, PlayedPagePrinter) {
  PlayedSite site;
  TestType printer(site);
  std::string_view code;
  SECTION("two for one") {
    printer.paper.each = 2;
    code = "conformance.wrong";
  }
  SECTION("success without paper") {
    printer.paper.each = 0;
    code = "conformance.wrong";
  }
  SECTION("doubtful without paper is honest") {
    printer.paper.each = 0;
    printer.paper.outcome = PrintOutcome::doubtful;
  }
  SECTION("an error") {
    printer.paper.outcome = Error{Remedy::call_staff, "usb.io", {}};
    code = "usb.io";
  }
  expect(run(site, printer), "print", code);
}

TEMPLATE_TEST_CASE("a printer that is wrong about its troubles fails the step that is about it", "",
                   PlayedPrinter, PlayedPagePrinter) {
  PlayedSite site;
  TestType printer(site);
  std::string_view step;
  std::string_view code = "conformance.wrong";
  SECTION("no paper is not told") {
    printer.paper.blind = true;
    step = "no-paper";
    code = "conformance.too_late";
  }
  SECTION("it claims what it cannot have printed") {
    printer.paper.claims_all = true;
    step = GENERATE("no-paper", "cover-open");
  }
  SECTION("what the end of the paper interrupted is lost") {
    printer.paper.forgets = true;
    step = GENERATE("paper-ends", "unplugged-during");
    code = "conformance.too_late";
  }
  SECTION("what was interrupted comes twice") {
    printer.paper.repeats = true;
    step = GENERATE("paper-ends", "unplugged-during");
  }
  SECTION("nothing is taken for something") {
    printer.paper.takes_nothing = true;
    step = "refuses";
  }
  SECTION("a second one is taken") {
    printer.paper.takes_second = true;
    step = "refuses";
    code = "conformance.too_late";
  }
  SECTION("it cannot be called off") {
    printer.paper.never_cancels = true;
    step = "refuses";
    code = "conformance.too_late";
  }
  expect(run(site, printer), step, code);
}

TEST_CASE("a page printer that does not tell of a jam, or prints through it, fails") {
  PlayedSite site;
  PlayedPagePrinter printer(site);
  std::string_view code = "conformance.wrong";
  SECTION("not told") {
    printer.paper.blind = true;
    code = "conformance.too_late";
  }
  SECTION("it claims the page") { printer.paper.claims_all = true; }
  expect(run(site, printer), "jammed", code);
}

TEST_CASE("a receipt printer's knife and what hangs below it are looked at") {
  PlayedSite site;
  PlayedPrinter printer(site);
  std::string_view step = "remains";
  std::string_view code = "conformance.wrong";
  SECTION("a slip that the knife did not cut comes twice") {
    printer.paper.repeats = true;
    step = GENERATE("cutter-stuck", "cover-opened");
  }
  SECTION("or never") {
    printer.paper.forgets = true;
    step = GENERATE("cutter-stuck", "cover-opened");
    code = "conformance.too_late";
  }
  SECTION("what hangs there comes out with the next slip") { printer.leaves_piece = true; }
  SECTION("what hangs there is never cut off") {
    printer.never_cuts = true;
    code = "conformance.too_late";
  }
  expect(run(site, printer), step, code);
}

TEST_CASE("a presenter is tried where there is one") {
  PlayedSite site;
  PlayedPrinter printer(site);
  std::string_view code = "conformance.too_late";
  SECTION("it sees no slip") { printer.sees_slips = false; }
  SECTION("it sees one that was taken") { printer.sees_ghosts = true; }
  SECTION("taking in has no end") { printer.never_retracts = true; }
  SECTION("it says that it took in what it still sees") {
    printer.lies_of_mouth = true;
    code = "conformance.wrong";
  }
  SECTION("one that cannot take in is honest") {
    printer.cannot_retract = true;
    code = "";
  }
  expect(run(site, printer), "presenter", code);
}

TEST_CASE("a printer without a presenter is not asked for one") {
  PlayedSite site;
  PlayedPrinter printer(site);
  printer.sees_slips = false;
  printer.become(SlipPresence::unknown);
  const Report report = run(site, printer);
  CHECK(step_of(report, "presenter").verdict == Verdict::skipped);
  CHECK(report.count(Verdict::failed) == 0);
}

}  // namespace bianmin
