// kioskctl card read [--json] [--reveal] [--timeout S] [--trust DIR]
#include <cstdio>

#include "drivers/card/ccid/ccid_reader.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/config.hpp"
#include "terminal/kioskctl/card_wait.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t timeout_s_max = 3'600;
constexpr std::int64_t ms_per_s = 1'000;

int print_report(const CardReport& report, const Arguments& arguments) {
  const bool reveal = arguments.has("reveal");
  const std::string text =
      arguments.has("json") ? json_text(json_of(report, reveal), true) + "\n" : table_of(report, reveal);
  std::fputs(text.c_str(), stdout);
  return exit_ok;
}

// Which readers there are is decided here alone.
Result<CardReport> read_any_card(const CardWait& wait, const Clock& clock) {
  EventLoop loop(clock);
  auto bus = usb::Bus::open(nullptr);
  if (!bus) return bus.error();
  card::UsbIdCardReader id_cards(**bus, loop, nullptr);
  card::CcidReader smart_cards(**bus, loop, nullptr);
  return wait_for_card(loop, {&id_cards, &smart_cards}, wait);
}

int read_card(int argc, const char* const* argv) {
  const auto arguments =
      Arguments::parse(argc, argv, {{"json", false}, {"reveal", false}, {"timeout", true}, {"trust", true}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words() != std::vector<std::string>{"read"}) return exit_usage;
  const auto timeout_s = parse_number(arguments->value("timeout", "60"), 1, timeout_s_max);
  if (!timeout_s) return fail(timeout_s.error(), exit_usage);
  std::optional<seal::TrustList> trusted;
  if (arguments->has("trust")) {
    auto loaded = seal::TrustList::load(arguments->value("trust"));
    if (!loaded) return fail(loaded.error());
    trusted = std::move(*loaded);
  }
  const SystemClock clock;
  CardWait wait;
  wait.timeout_ms = *timeout_s * ms_per_s;
  wait.trusted = trusted ? &*trusted : nullptr;
  wait.utc_ms = clock.utc_ms();
  wait.progress = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  const auto report = read_any_card(wait, clock);
  if (!report) return fail(report.error(), report.error().code == "card.timeout" ? exit_no : exit_failed);
  return print_report(*report, *arguments);
}

}  // namespace

const Command card_command = {
    "card", "read [--reveal] [--json]", "wait for a card of any kind and print what is on it, masked",
    read_card,
    "  --reveal           personal data in full; else masked\n"
    "  --json             one JSON object\n"
    "  --timeout SECONDS  how long to wait for a card: 60\n"
    "  --trust DIR        whom to believe about an electronic ID: *.pem and *.crt\n"
    "Exit codes: 0 a card was read, 1 none came in time, 2 wrong usage, 3 it could not be done.\n"};

}  // namespace bianmin::kioskctl
