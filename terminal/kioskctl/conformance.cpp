// kioskctl conformance DEVICE [--list] [--skip STEP,STEP] [--json] [--emulator [--socket FILE]]
#include <algorithm>
#include <cstdio>

#include "drivers/conformance/report.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/text.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/device_under_test.hpp"
#include "terminal/kioskctl/site_settings.hpp"

namespace bianmin::kioskctl {

namespace {

using conformance::Operator;
using conformance::Report;
using conformance::RunOptions;
using conformance::Step;
using conformance::StepResult;
using conformance::Suite;

void list_steps(const Suite& suite) {
  for (const Step& step : suite.steps) {
    std::printf("%-20.*s %.*s\n", static_cast<int>(step.name.size()), step.name.data(),
                static_cast<int>(step.what.size()), step.what.data());
  }
}

// Empty: all of them are steps. Else the one that is none.
std::string read_skips(const Suite& suite, std::string_view words, std::set<std::string>* skip) {
  if (words.empty()) return {};
  for (const std::string_view word : split(words, ',')) {
    const auto known = [&](const Step& step) { return step.name == word; };
    if (std::none_of(suite.steps.begin(), suite.steps.end(), known)) return "'" + std::string(word) + "'";
    skip->insert(std::string(word));
  }
  return {};
}

RunOptions told_on(std::FILE* to) {
  RunOptions options;
  options.begins = [to](const Step& step) {
    std::fprintf(to, "%.*s: %.*s\n", static_cast<int>(step.name.size()), step.name.data(),
                 static_cast<int>(step.what.size()), step.what.data());
  };
  options.ended = [to](const StepResult& result) {
    const std::string_view verdict = verdict_name(result.verdict);
    std::fprintf(to, "  %.*s %s\n", static_cast<int>(verdict.size()), verdict.data(), result.code.c_str());
  };
  return options;
}

int run(const Arguments& arguments, const std::string& name) {
  const SystemClock clock;
  EventLoop loop(clock);
  Log log(clock, stderr, LogLevel::warning);
  const auto settings = site_device_settings(arguments);
  if (!settings) return fail(settings.error(), exit_usage);
  auto bus = usb::Bus::open(&log);
  if (!bus) return fail(bus.error());
  const auto device = DeviceUnderTest::create(name, **bus, loop, &log, *settings);
  if (!device) return exit_usage;
  const Suite suite = device->suite();
  if (arguments.has("list")) {
    list_steps(suite);
    return exit_ok;
  }
  std::FILE* const talk = arguments.has("json") ? stderr : stdout;
  RunOptions options = told_on(talk);
  if (const std::string unknown = read_skips(suite, arguments.value("skip"), &options.skip);
      !unknown.empty()) {
    std::fprintf(stderr, "kioskctl: %s is no step of this suite: see --list\n", unknown.c_str());
    return exit_usage;
  }
  const std::unique_ptr<Operator> hands = operator_for(arguments, *device, loop, talk);
  conformance::Stage stage(loop, *hands);
  std::string identity = device->identity();
  Report report = run_suite(suite, stage, options);
  report.identity = identity.empty() ? device->identity() : std::move(identity);
  if (arguments.has("json")) {
    std::printf("%s\n", json_text(report_json(report), true).c_str());
  } else {
    std::printf("\n%s", report_table(report).c_str());
  }
  return report.count(conformance::Verdict::failed) == 0 ? exit_ok : exit_no;
}

int conformance_suite(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv,
                                          {{"list", false},
                                           {"skip", true},
                                           {"json", false},
                                           {"emulator", false},
                                           {"socket", true},
                                           {"config", true}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 1) return exit_usage;
  return run(*arguments, arguments->words()[0]);
}

}  // namespace

const Command conformance_command = {
    "conformance", "DEVICE [--emulator]", "try all that a device has to do, step by step, and report",
    conformance_suite,
    "  DEVICE         id-card-reader, smart-card-reader, receipt-printer, code-scanner, ups,\n"
    "                 key-pad, guide-lights or cabinet-contacts\n"
    "  --config FILE  kiosk.conf, for devices that a site names there\n"
    "  --list         the steps, without trying them\n"
    "  --skip STEP,…  leaves steps out\n"
    "  --json         the report as JSON on stdout; questions go to stderr\n"
    "  --emulator     works a running kiosk-emulator instead of asking a person\n"
    "  --socket FILE  of kiosk-emulator; default: $BIANMIN_EMULATOR, else /tmp/bianmin-emulator.sock\n"
    "Exit codes: 0 no step failed, 1 a step failed, 2 wrong usage, 3 it could not be done.\n"};

}  // namespace bianmin::kioskctl
