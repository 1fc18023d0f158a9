// kioskctl record DEVICE FILE [--test-card] [--emulator [--socket FILE]]
#include <fmt/format.h>

#include "drivers/conformance/report.hpp"
#include "drivers/recording/recorder.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/device_under_test.hpp"
#include "terminal/kioskctl/site_settings.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr unsigned only_mine = 0600;

int run(const Arguments& arguments, const std::string& name, const std::string& file) {
  const SystemClock clock;
  EventLoop loop(clock);
  Log log(clock, stderr, LogLevel::warning);
  recording::Recorder recorder;
  const auto settings = site_device_settings(arguments);
  if (!settings) return fail(settings.error(), exit_usage);
  auto bus = usb::Bus::open(&log, &recorder);
  if (!bus) return fail(bus.error());
  auto device = DeviceUnderTest::create(name, **bus, loop, &log, *settings);
  if (!device) return exit_usage;
  if (device->reads_cards() && !arguments.has("test-card")) {
    return fail({Remedy::refuse, "record.needs_test_card",
                 "the file will hold all that the card says: use a test card, and say so with --test-card"},
                exit_usage);
  }
  const std::unique_ptr<conformance::Operator> hands = operator_for(arguments, *device, loop, stdout);
  conformance::Stage stage(loop, *hands);
  conformance::Report report;
  {
    conformance::Suite suite = device->suite();
    std::erase_if(suite.steps, [steps = device->recorded_steps()](const conformance::Step& step) {
      return !steps.contains(step.name);
    });
    report = run_suite(suite, stage);
  }
  report.identity = device->identity();
  device.reset();  // its last transfers are over
  const bool overflowed = recorder.overflowed();
  const recording::Recording recorded = recorder.take();
  const std::vector<std::string> remarks = {fmt::format("{} {}", name, report.identity),
                                            fmt::format("recorded {}", utc_stamp(clock.utc_ms()))};
  const std::string text = recording_text(recorded, remarks);
  if (auto written = write_file_durably(file, view_of(text), only_mine); !written)
    return fail(written.error());
  std::printf("%s%zu transfers in %s%s\n", report_table(report).c_str(), recorded.transfers.size(),
              file.c_str(), overflowed ? "; there were more, which are missing" : "");
  const bool whole = report.count(conformance::Verdict::passed) == static_cast<int>(report.steps.size());
  return whole && !overflowed ? exit_ok : exit_no;
}

int record(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(
      argc, argv, {{"test-card", false}, {"emulator", false}, {"socket", true}, {"config", true}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 2) return exit_usage;
  return run(*arguments, arguments->words()[0], arguments->words()[1]);
}

}  // namespace

const Command record_command = {
    "record", "DEVICE FILE", "write down what goes over USB in a short session, to be replayed in tests",
    record,
    "  DEVICE       id-card-reader, smart-card-reader, receipt-printer, code-scanner, key-pad or\n"
    "               guide-lights\n"
    "  --test-card  needed for readers of cards: the file will hold all that the card says, so it has to be "
    "a\n"
    "               test card, never a person's\n"
    "  --emulator, --socket FILE, --config FILE: as for `kioskctl conformance`\n"
    "Exit codes: 0 recorded, 1 recorded but the session failed, 2 wrong usage, 3 it could not be done.\n"};

}  // namespace bianmin::kioskctl
