// What really came out of the printer, and who says so: for every byte of a slip, whatever happens there, one
// whole slip exists, or the ledger and the screen both say that it may be incomplete. The driver, the
// ledger's file, the job and the words on the screen are the real ones; the printer prints slower than the
// bus.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "terminal/session/language.hpp"
#include "terminal/session/slip_recovery.hpp"
#include "terminal/session/slip_words.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"
#include "tests/session/paper_pieces.hpp"
#include "tests/session/temporary_folder.hpp"

namespace bianmin {

using emulator::PrinterModel;
using session::SlipJob;
using store::PrintState;

namespace {

enum class Strike {
  unplugged_received,  // the cable, at a byte that has come; the printer has power and goes on printing
  unplugged_printed,   // the same at a byte that is on paper
  paper_out,
  cover_open,
  printer_off_received,
  printer_off_printed,
  terminal_off_received,
  terminal_off_printed,
};
struct StrikeName {
  Strike strike;
  const char* name;
  bool by_received;
};
constexpr std::array strikes = {
    StrikeName{Strike::unplugged_received, "unplugged, byte received", true},
    StrikeName{Strike::unplugged_printed, "unplugged, byte printed", false},
    StrikeName{Strike::paper_out, "paper out, byte printed", false},
    StrikeName{Strike::cover_open, "cover open, byte printed", false},
    StrikeName{Strike::printer_off_received, "printer's power, byte received", true},
    StrikeName{Strike::printer_off_printed, "printer's power, byte printed", false},
    StrikeName{Strike::terminal_off_received, "terminal's power, byte received", true},
    StrikeName{Strike::terminal_off_printed, "terminal's power, byte printed", false}};

constexpr int lines_per_look = 3;
constexpr std::string_view mark = "—— 补打的凭条 ——";

printer::Document first_slip() {
  return {{printer::TextLine{"便民服务回执", printer::Align::center, 2, true}, printer::RuleLine{},
           printer::LabelLine{"办件号", "0721 3386 41"}, printer::LabelLine{"事项", "养老待遇资格认证"},
           printer::QrCode{"BM1:0721338641"}, printer::TextLine{"已经存好，可以放心离开。"}}};
}
printer::Document next_slip() {
  return {{printer::TextLine{"下一位的回执", printer::Align::center, 2, true},
           printer::LabelLine{"办件号", "0721 3386 58"}, printer::QrCode{"BM1:0721338658"}}};
}

struct Counts {
  int offsets = 0;
  int whole = 0;          // told as printed, and so it is
  int doubted = 0;        // told as doubtful, by the ledger and by the screen
  int doubted_whole = 0;  // of these: it was whole all the same
  int failed = 0;
};

class Terminal : public LoopRig {
 public:
  Terminal() {
    options_ = quick_escpos_options();
    options_.busy_poll_ms = 1;
    options_.idle_poll_ms = 5;
    device.change([](PrinterModel& model) {
      model.set_own_power(true);
      model.set_lines_per_look(lines_per_look);
    });
    device.plug();
    switch_on();
    REQUIRE(until([this] { return printer->state().usable(); }));
  }

  std::int64_t switch_on() {
    constexpr std::int64_t interrupted_ms = 300'000;
    auto opened = store::Journal::open(folder_.path() / "journal.db", {"T0000001", 1, 42});
    REQUIRE(opened.ok());
    journal_ = std::move(opened).value();
    ledger.emplace(*journal_, clock);
    printer = std::make_unique<printer::EscposPrinter>(*bus, loop, nullptr, options_, quick_recovery);
    return session::recover_slips(*ledger, *printer, log_, clock.utc_ms(), interrupted_ms);
  }
  // Nobody says good-bye: no outcome, no entry in the ledger.
  void lose_power() {
    job.reset();
    printer.reset();
    loop.run_once(0);
    ledger.reset();
    journal_.reset();
  }

  std::string print(const printer::Document& document) {
    const std::string case_no = fmt::format("{:014}", ++cases_);
    job = std::make_unique<SlipJob>(*printer, *ledger, log_, [] {});
    REQUIRE(job->print(case_no, document).ok());
    return case_no;
  }
  bool ended() const { return job->phase() != SlipJob::Phase::printing; }
  session::SlipWords words() const {
    return session::slip_words(job->phase(), printer->state(), language_.strings, language_.devices);
  }
  const ui::Strings& strings() const { return language_.strings; }
  PrintState ledger_state(const std::string& job_id) {
    const auto found = ledger->find(job_id);
    REQUIRE((found.ok() && *found));
    return (*found)->state;
  }

  EmulatedDevice<PrinterModel> device;
  std::optional<store::PrintLedger> ledger;
  std::unique_ptr<printer::EscposPrinter> printer;
  std::unique_ptr<SlipJob> job;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_file_{std::fopen((folder_.path() / "log").c_str(), "w"),
                                                            std::fclose};
  Log log_{clock, log_file_.get()};
  printer::EscposOptions options_;
  session::Language language_ = session::load_language("ui/strings", "zh-Hans").value();
  std::unique_ptr<store::Journal> journal_;
  int cases_ = 0;
};

class PaperTruth {
 public:
  void sweep(const StrikeName& what, std::size_t stride) {
    const auto [received, printed] = learn();
    counts_ = {};
    const std::size_t bytes = what.by_received ? received : printed;
    for (std::size_t at = 1; at <= bytes; at += stride) strike(what, at);
    std::printf("paper: %-32s %4d offsets: %4d whole once, %4d said doubtful (%d of them whole), %d failed\n",
                what.name, counts_.offsets, counts_.whole, counts_.doubted, counts_.doubted_whole,
                counts_.failed);
    CHECK(counts_.offsets == counts_.whole + counts_.doubted);
    CHECK(counts_.failed == 0);
  }

 private:
  // How many bytes a slip has, as the printer counts them.
  std::pair<std::size_t, std::size_t> learn() {
    const auto count = [this] {
      return terminal_.device.change(
          [](PrinterModel& model) { return std::pair(model.received_count(), model.executed_count()); });
    };
    REQUIRE(terminal_.until([this] { return terminal_.printer->state().usable(); }));
    const auto before = count();
    terminal_.print(first_slip());
    REQUIRE(terminal_.until([this] { return terminal_.ended(); }));
    const auto after = count();
    return {after.first - before.first, after.second - before.second};
  }

  void arm(Strike strike, std::size_t at) {
    terminal_.device.change([&](PrinterModel& model) {
      model.forget_pieces();
      switch (strike) {
        case Strike::unplugged_received:
          return model.pull_plug_after(at);
        case Strike::unplugged_printed:
          return model.pull_plug_when_printed(at);
        case Strike::paper_out:
          return model.paper_out_after(at);
        case Strike::cover_open:
          return model.cover_open_after(at);
        case Strike::printer_off_received:
          return model.lose_power_after(at);
        case Strike::printer_off_printed:
          return model.lose_power_when_printed(at);
        case Strike::terminal_off_received:
          return model.lose_host_after(at);
        case Strike::terminal_off_printed:
          return model.lose_host_when_printed(at);
      }
    });
  }

  // What a person does when it is seen; true: the terminal itself went.
  bool mend(bool slowly) {
    auto& device = terminal_.device;
    const std::string_view code = terminal_.printer->state().code;
    if (code == "printer.paper_out") device.change([](PrinterModel& model) { model.set_paper(true); });
    if (code == "printer.cover_open") device.change([](PrinterModel& model) { model.set_cover(false); });
    const bool host_died = device.change([](PrinterModel& model) { return model.host_died(); });
    if (device.plugged() && !host_died) return false;
    if (host_died) terminal_.lose_power();
    device.unplug();
    device.change([&](PrinterModel& model) {
      if (slowly) model.print_all();
      model.get_host();
    });
    device.plug();
    return host_died;
  }

  void strike(const StrikeName& what, std::size_t at) {
    INFO(what.name << " at " << at);
    ++counts_.offsets;
    arm(what.strike, at);
    const std::string case_no = terminal_.print(first_slip());
    bool terminal_went = false;
    REQUIRE(terminal_.until([&] {
      terminal_went = mend(at % 2 == 0);
      return terminal_went || terminal_.ended();
    }));
    arm_nothing();
    std::string problem;
    bool doubted = false;
    if (terminal_went) {
      const std::int64_t speaks_ms = terminal_.switch_on();
      doubted = terminal_.ledger_state(case_no + "-1") == PrintState::doubtful;
      if (doubted && speaks_ms <= 0) problem = "the screen says nothing";
    } else {
      doubted = check_words(case_no, &problem);
    }
    print_next(&problem);
    judge(doubted, terminal_went, &problem);
    if (!problem.empty()) {
      ++counts_.failed;
      FAIL_CHECK(problem << "\n" << paper_text(pieces()));
    }
  }

  // The screen and the ledger say the same; where it is doubt, the duplicate that is offered is printed.
  bool check_words(const std::string& case_no, std::string* problem) {
    const session::SlipWords words = terminal_.words();
    const PrintState state = terminal_.ledger_state(case_no + "-1");
    if (terminal_.job->phase() == SlipJob::Phase::printed) {
      const bool said = words.level == ui::Level::good && !words.can_reprint;
      if (!said || state != PrintState::printed) *problem = "printed, and said otherwise";
      return false;
    }
    const bool said = words.text == terminal_.strings().text("session.slip.doubtful") && words.can_reprint;
    if (!said || state != PrintState::doubtful) *problem = "in doubt, and said otherwise";
    REQUIRE(terminal_.job->print_duplicate(std::string(mark)).ok());
    REQUIRE(terminal_.until([&] {
      (void)mend(false);
      return terminal_.ended();
    }));
    if (terminal_.ledger_state(case_no + "-2") != PrintState::printed) *problem = "no duplicate";
    return true;
  }

  void print_next(std::string* problem) {
    terminal_.print(next_slip());
    REQUIRE(terminal_.until([&] {
      (void)mend(false);
      return terminal_.ended();
    }));
    if (terminal_.job->phase() != SlipJob::Phase::printed) *problem = "the next slip is not printed";
    const auto hangs = terminal_.ledger->paper_hangs();
    if (!hangs || *hangs) *problem = "the ledger thinks that something hangs there";
  }

  void judge(bool doubted, bool terminal_went, std::string* problem) {
    PaperCount paper = count_paper(pieces(), first_slip(), next_slip(), mark);
    if (paper.mixed > 0) *problem = "a piece with what does not belong together";
    if (paper.ended_early > 0) *problem = "a piece that is ended and not whole";
    if (paper.next != 1) *problem = fmt::format("{} slips of the next person", paper.next);
    if (paper.whole > 1) *problem = fmt::format("{} whole slips", paper.whole);
    if (!doubted && paper.whole != 1) *problem = "told as printed, and nothing whole came out";
    if (paper.duplicates != (doubted && !terminal_went ? 1 : 0)) *problem = "marked duplicates";
    counts_.whole += doubted ? 0 : 1;
    counts_.doubted += doubted ? 1 : 0;
    counts_.doubted_whole += doubted && paper.whole == 1 ? 1 : 0;
  }

  std::vector<printer::PrintedSlip> pieces() {
    return terminal_.device.change([](PrinterModel& model) { return model.pieces(); });
  }
  void arm_nothing() {
    constexpr std::size_t never = 1'000'000'000;
    terminal_.device.change([](PrinterModel& model) {
      model.pull_plug_after(never);
      model.pull_plug_when_printed(never);
      model.paper_out_after(never);
      model.cover_open_after(never);
      model.lose_power_after(never);
      model.lose_power_when_printed(never);
      model.lose_host_after(never);
      model.lose_host_when_printed(never);
    });
  }

  Terminal terminal_;
  Counts counts_;
};

std::size_t stride() {
  constexpr std::size_t quick_stride = 23;
  const char* wanted = std::getenv("BIANMIN_SWEEP");
  return wanted != nullptr && std::string_view(wanted) == "full" ? 1 : quick_stride;
}

}  // namespace

TEST_CASE("one whole slip exists, or both say that it may be incomplete", "[sweep]") {
  PaperTruth truth;
  for (const StrikeName& what : strikes) truth.sweep(what, stride());
}

}  // namespace bianmin
