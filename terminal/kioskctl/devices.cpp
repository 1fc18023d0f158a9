// kioskctl devices [--json]
#include <fmt/format.h>

#include <cstdio>

#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "drivers/scanner/hid_pos_scanner.hpp"
#include "drivers/usb/inventory.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t settle_limit_ms = 5'000;  // for all drivers to find out how their device is
constexpr std::int64_t look_ms = 50;

struct States {
  DeviceState reader;
  DeviceState printer;
  DeviceState scanner;
};

struct Taker {
  std::string driver;  // empty: none
  DeviceState state;
};

bool settled(const DeviceState& state, bool present) {
  return present ? state.condition != DeviceCondition::absent && state.condition != DeviceCondition::starting
                 : true;
}

// Lets the real drivers open what is there and report.
Result<States> ask_drivers(bool reader_there, bool printer_there, bool scanner_there) {
  const SystemClock clock;
  EventLoop loop(clock);
  auto bus = usb::Bus::open(nullptr);
  if (!bus) return bus.error();
  card::UsbIdCardReader reader(**bus, loop, nullptr);
  printer::EscposPrinter printer(**bus, loop, nullptr);
  scanner::HidPosScanner scanner(**bus, loop, nullptr);
  const std::int64_t until_ms = clock.steady_ms() + settle_limit_ms;
  while (clock.steady_ms() < until_ms &&
         !(settled(reader.state(), reader_there) && settled(printer.state(), printer_there) &&
           settled(scanner.state(), scanner_there))) {
    loop.run_once(look_ms);
  }
  return States{reader.state(), printer.state(), scanner.state()};
}

bool id_card_reader(const usb::DeviceInfo& device) {
  return card::match_id_card_driver(card::id_card_drivers(), device).driver != nullptr;
}

Taker taker_of(const usb::DeviceInfo& device, const States& states) {
  if (id_card_reader(device)) return {"id-card-reader", states.reader};
  if (printer::escpos_printer_interface(device)) return {"receipt-printer", states.printer};
  if (scanner::hid_pos_interface(device)) return {"code-scanner", states.scanner};
  return {};
}

Json row_of(const usb::ListedDevice& device, const Taker& taker) {
  return {{"bus", device.info.bus},
          {"address", device.info.address},
          {"port", device.info.port},
          {"id", fmt::format("{:04x}:{:04x}", device.info.vendor, device.info.product)},
          {"name", device.manufacturer + (device.manufacturer.empty() ? "" : " ") + device.product_name},
          {"driver", taker.driver},
          {"condition", taker.driver.empty() ? "" : std::string(condition_name(taker.state.condition))},
          {"code", taker.driver.empty() ? "" : std::string(taker.state.code)}};
}

}  // namespace

int devices(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"json", false}});
  if (!arguments || !arguments->words().empty()) {
    std::fputs("usage: kioskctl devices [--json]\n", stderr);
    return exit_usage;
  }
  const auto listed = usb::list();
  if (!listed) return fail(listed.error());
  bool reader = false;
  bool printer = false;
  bool scanner = false;
  for (const auto& device : *listed) {
    reader = reader || id_card_reader(device.info);
    printer = printer || printer::escpos_printer_interface(device.info);
    scanner = scanner || scanner::hid_pos_interface(device.info);
  }
  const auto states = ask_drivers(reader, printer, scanner);
  if (!states) return fail(states.error());
  Json rows = Json::array();
  for (const auto& device : *listed) rows.push_back(row_of(device, taker_of(device.info, *states)));
  if (arguments->has("json")) {
    std::printf("%s\n", json_text(rows, true).c_str());
    return exit_ok;
  }
  if (rows.empty()) std::puts("no USB device is plugged in");
  for (const Json& row : rows) {
    const auto column = [&row](const char* key) { return row[key].get<std::string>(); };
    fmt::print("{:<10} {:<8} {:<16} {:<16} {:<22} {}\n", column("id"), column("port"),
               column("driver").empty() ? "-" : column("driver"), column("condition"), column("code"),
               column("name"));
  }
  return exit_ok;
}

}  // namespace bianmin::kioskctl
