// A reader and a card that nobody here wrote: QEMU's usb-ccid with libcacard's card, in the guest of a
// virtual machine that has neither at first. The conformance suite of smart card readers, and what this card
// is known for. The machine's monitor (QMP, JSON lines) does what the steps ask for; its port is the
// argument.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <future>

#include "drivers/card/ccid/ccid_reader.hpp"
#include "drivers/card/iso7816/exchange.hpp"
#include "drivers/card/iso7816/files.hpp"
#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "tests/drivers/machine_monitor.hpp"
#include "tests/drivers/paced_reader.hpp"

namespace bianmin {

namespace {

using conformance::Act;
using conformance::Stage;

constexpr std::int64_t step_limit_ms = 15'000;
constexpr std::string_view add_reader =
    R"({"execute":"device_add","arguments":{"driver":"usb-ccid","id":"reader","bus":"xhci.0"}})";
constexpr std::string_view remove_reader = R"({"execute":"device_del","arguments":{"id":"reader"}})";
constexpr std::string_view add_card =
    R"({"execute":"device_add","arguments":{"driver":"ccid-card-emulated","id":"card","bus":"reader.0",)"
    R"("backend":"certificates","db":"sql:cards","cert1":"card1","cert2":"card2","cert3":"card3"}})";
constexpr std::string_view remove_card = R"({"execute":"device_del","arguments":{"id":"card"}})";

const card::CommandApdu select_root = {0x00, 0xA4, 0x00, 0x00, {0x3F, 0x00}, {}};

class MonitorOperator : public conformance::Operator {
 public:
  explicit MonitorOperator(MachineMonitor& monitor) : monitor_(monitor) {}

  Result<void> act(Act act) override {
    switch (act) {
      case Act::plug:
        return plug(true);
      case Act::unplug:
        return plug(false);
      case Act::put_card:
        return put(true);
      case Act::take_card:
        return put(false);
      default:
        return Error{Remedy::refuse, "conformance.skipped", "the monitor cannot do that"};
    }
  }
  Result<std::string> show_code(const std::string&) override {
    return Error{Remedy::refuse, "conformance.skipped", "no scanner"};
  }
  Result<int> count_slips() override { return Error{Remedy::refuse, "conformance.skipped", "no printer"}; }

 private:
  // The card stays in the reader, as cards do.
  Result<void> plug(bool wanted) {
    if (std::exchange(plugged_, wanted) == wanted) return {};
    if (!wanted) return monitor_.execute(remove_reader);
    if (auto added = monitor_.execute(add_reader); !added || !has_card_) return added;
    return monitor_.execute(add_card);
  }
  Result<void> put(bool wanted) {
    if (std::exchange(has_card_, wanted) == wanted || !plugged_) return {};
    return monitor_.execute(wanted ? add_card : remove_card);
  }

  MachineMonitor& monitor_;
  bool plugged_ = false;
  bool has_card_ = false;
};

// What libcacard's card is: one of GSC-IS, whose application is there by its name and knows no instruction
// FF; and no other application is.
Result<void> applications(card::SmartCard& card) {
  const Bytes certificates = {0xA0, 0x00, 0x00, 0x00, 0x79, 0x01, 0x00};
  const Bytes nothing = {0xF0, 0x00, 0x00, 0x00, 0x00, 0x01};
  const auto select = [&](ByteView name) {
    return card::iso7816::exchange(card, card::iso7816::select_command(card::iso7816::SelectBy::name, name,
                                                                       card::iso7816::SelectAnswer::whole));
  };
  const auto good = select(certificates);
  if (!good) return good.error();
  const auto unknown = card.transmit({0x00, 0xFF, 0x00, 0x00, {}, {}});
  if (!unknown) return unknown.error();
  const auto bad = select(nothing);
  if (!bad) return bad.error();
  if (good->good() && !good->data.empty() && unknown->status == 0x6D00 && bad->status == 0x6A82) return {};
  return conformance::wrong(fmt::format("its application {:04x} with {} bytes, FF {:04x}, another {:04x}",
                                        good->status, good->data.size(), unknown->status, bad->status));
}

// Steps of our own. In the middle of a job, but between two commands: QEMU 7.2 hangs at times when the card
// or the reader goes while the card is at work.
class Checks {
 public:
  explicit Checks(card::SmartCardReader& reader) : reader_(reader) {}

  Result<void> applications_of_card(Stage& stage) {
    return use_card(stage, [](card::SmartCard& card, const std::stop_token&) { return applications(card); });
  }
  Result<void> taken_between(Stage& stage) {
    const auto ended = interrupted(stage, Act::take_card);
    if (!ended || *ended != "card.removed") return unlike("card.removed", ended);
    return applications_of_card(stage);
  }
  Result<void> unplugged_between(Stage& stage) {
    const auto ended = interrupted(stage, Act::unplug);
    if (!ended || !ended->starts_with("usb.")) return unlike("usb.gone or its like", ended);
    if (auto back = conformance::become_ready(stage, [&] { return reader_.state(); }); !back) return back;
    return applications_of_card(stage);
  }

 private:
  using Job = card::SmartCardReader::Job;
  using Use = std::shared_ptr<conformance::Awaited<int>>;

  static Error unlike(std::string_view wanted, const Result<std::string>& ended) {
    return ended ? conformance::wrong(fmt::format("it ended as {}, not {}", *ended, wanted)) : ended.error();
  }
  Use begin_use(Job job) {
    auto use = std::make_shared<conformance::Awaited<int>>();
    reader_.use(std::move(job),
                [use](Result<void> ended) { use->end(ended ? Result<int>(0) : Result<int>(ended.error())); });
    return use;
  }
  Result<void> end_of(Stage& stage, const Use& use) {
    return conformance::wait_for_end(stage, use, "a use of the card", [&] { return reader_.state(); });
  }
  Result<void> use_card(Stage& stage, Job job) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    const Use use = begin_use(std::move(job));
    if (auto ended = end_of(stage, use); !ended) return ended;
    return *use->result ? Result<void>() : use->result->error();
  }
  // How a job ended between whose two commands `act` was done.
  Result<std::string> interrupted(Stage& stage, Act act) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked.error();
    const auto waits = std::make_shared<std::atomic<bool>>(false);
    std::promise<void> acted;
    const Use use = begin_use([waits, gate = acted.get_future().share()](
                                  card::SmartCard& card, const std::stop_token&) -> Result<void> {
      if (const auto first = card.transmit(select_root); !first) return first.error();
      *waits = true;
      (void)gate.wait_for(std::chrono::milliseconds(step_limit_ms));
      const auto second = card.transmit(select_root);
      return second ? Result<void>() : second.error();
    });
    (void)stage.until([&] { return *waits || use->ended(); });
    auto asked = stage.ask(act);
    acted.set_value();
    if (!asked) return asked.error();
    if (auto ended = end_of(stage, use); !ended) return ended.error();
    return std::string(*use->result ? "done" : use->result->error().code);
  }

  card::SmartCardReader& reader_;
};

int fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.text());
  return 1;
}

int walk(const std::string& port) {
  const SystemClock clock;
  Log log(clock, stderr);
  EventLoop loop(clock);
  MachineMonitor monitor(port);
  if (auto ready = monitor.execute(R"({"execute":"qmp_capabilities"})"); !ready) return fail(ready.error());
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  // The card's thread in QEMU 7.2 waits for a signal without first looking for a command: one that comes
  // between the end of the last and that wait lies there until the next. Nobody here may be so quick.
  constexpr auto pace = std::chrono::milliseconds(10);
  card::CcidReader driver(**bus, loop, &log);
  PacedReader reader(driver, pace);
  Checks checks(reader);
  conformance::Suite suite = conformance::smart_card_suite(reader);
  std::erase_if(suite.steps, [](const conformance::Step& step) {
    return step.name == "taken-during" || step.name == "unplugged-during";
  });
  suite.steps.push_back({"applications", "What this card is known for.", step_limit_ms,
                         [&](Stage& stage) { return checks.applications_of_card(stage); }});
  suite.steps.push_back({"taken-between", "The card is taken between two commands.", step_limit_ms,
                         [&](Stage& stage) { return checks.taken_between(stage); }});
  suite.steps.push_back({"unplugged-between", "So is the reader.", step_limit_ms,
                         [&](Stage& stage) { return checks.unplugged_between(stage); }});
  MonitorOperator hands(monitor);
  Stage stage(loop, hands);
  const conformance::Report report = run_suite(suite, stage);
  fmt::print("{}", report_table(report));
  return report.count(conformance::Verdict::passed) == static_cast<int>(suite.steps.size()) ? 0 : 1;
}

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  return bianmin::walk(argv[1]);
}
