// kioskctl devices [--json] [--language zh-Hans|en] [--strings DIR]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/usb/inventory.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/json.hpp"
#include "terminal/device_table.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/site_settings.hpp"
#include "ui/strings/device_words.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t settle_limit_ms = 5'000;  // for all drivers to find out how their device is
constexpr std::int64_t module_limit_ms = 5'000;  // for a reader's answer about its module
constexpr std::int64_t look_ms = 50;

struct Told {
  DeviceState state;
  std::string module;  // the number of its security module, and what is wrong with it; empty: it has none
};
// A device that is plugged in, and the driver that serves it; null: none.
struct Found {
  const usb::ListedDevice& device;
  const DriverRow* driver = nullptr;
};
using States = std::map<std::string_view, Told, std::less<>>;  // by the device's name

bool settled(const DeviceState& state) {
  return state.condition != DeviceCondition::absent && state.condition != DeviceCondition::starting;
}

// Empty: no reader with a module, or it does not tell in time.
std::string ask_module(Device& device, EventLoop& loop, std::int64_t until_ms, const Clock& clock) {
  auto* const reader = dynamic_cast<card::UsbIdCardReader*>(&device);
  if (reader == nullptr || !reader->state().usable()) return {};
  const auto told = std::make_shared<std::optional<Result<card::IdCardModule>>>();
  reader->ask_module([told](Result<card::IdCardModule> module) { *told = std::move(module); });
  while (!*told && clock.steady_ms() < until_ms) loop.run_once(look_ms);
  if (!*told || !**told) return {};
  const card::IdCardModule& module = ***told;
  return module.status == "ready" ? module.id : fmt::format("{} ({})", module.id, module.status);
}

// Lets the real drivers open what is there and report. A device that no driver takes is absent.
Result<States> ask_drivers(const std::vector<DriverRow>& table, const std::vector<Found>& found) {
  const SystemClock clock;
  EventLoop loop(clock);
  auto bus = usb::Bus::open(nullptr);
  if (!bus) return bus.error();
  std::map<std::string_view, std::unique_ptr<Device>> made;
  for (const auto& [device, row] : found) {
    if (row != nullptr && !made.contains(row->device))
      made.emplace(row->device, row->make(**bus, loop, nullptr));
  }
  const std::int64_t until_ms = clock.steady_ms() + settle_limit_ms;
  while (clock.steady_ms() < until_ms && !std::all_of(made.begin(), made.end(), [](const auto& each) {
           return settled(each.second->state());
         })) {
    loop.run_once(look_ms);
  }
  States states;
  for (const std::string_view name : device_names(table)) states[name] = {};
  for (const auto& [name, device] : made) {
    const std::string module = ask_module(*device, loop, clock.steady_ms() + module_limit_ms, clock);
    states[name] = {device->state(), module};
  }
  return states;
}

std::filesystem::path strings_folder(const Arguments& arguments) {
  if (arguments.has("strings")) return arguments.value("strings");
  if (const char* const folder = std::getenv("BIANMIN_STRINGS"); folder != nullptr) return folder;
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto installed = program.parent_path().parent_path() / "share/bianmin/strings";
  return !failed && std::filesystem::is_directory(installed, failed) ? installed : "ui/strings";
}

// Without words the codes have to do.
ui::DeviceWords load_words(const Arguments& arguments) {
  const std::string language = arguments.has("language") ? std::string(arguments.value("language")) : "en";
  auto words = ui::DeviceWords::load(strings_folder(arguments) / ("devices." + language + ".json"));
  if (words) return std::move(*words);
  (void)fail(words.error());
  return {};
}

// `name` empty: no driver takes it.
Json row_of(const usb::ListedDevice& device, std::string_view name, const States& states,
            const ui::DeviceWords& words) {
  const Told told = name.empty() ? Told{} : states.at(name);
  const DeviceState& state = told.state;
  const bool known = !name.empty();
  return {{"bus", device.info.bus},
          {"address", device.info.address},
          {"port", device.info.port},
          {"id", device.info.port.empty()
                     ? std::string()
                     : fmt::format("{:04x}:{:04x}", device.info.vendor, device.info.product)},
          {"name", device.manufacturer + (device.manufacturer.empty() ? "" : " ") + device.product_name},
          {"driver", std::string(name)},
          {"module", told.module},
          {"condition", known ? std::string(condition_name(state.condition)) : std::string()},
          {"code", known ? std::string(state.code) : std::string()},
          {"sentence", known ? words.sentence(name, state.code, ui::Listener::technician) : std::string()}};
}

// A row for each device that is plugged in, then one for each name that nothing is plugged in for.
Json rows_of(const std::vector<Found>& found, const std::vector<DriverRow>& table, const States& states,
             const ui::DeviceWords& words) {
  Json rows = Json::array();
  std::vector<std::string_view> seen;
  for (const auto& [device, row] : found) {
    const std::string_view name = row == nullptr ? std::string_view() : row->device;
    rows.push_back(row_of(device, name, states, words));
    seen.push_back(name);
  }
  for (const std::string_view name : device_names(table)) {
    if (std::find(seen.begin(), seen.end(), name) == seen.end())
      rows.push_back(row_of({}, name, states, words));
  }
  return rows;
}

void print_rows(const Json& rows) {
  for (const Json& row : rows) {
    const auto column = [&row](const char* key) {
      const auto& text = row[key].get_ref<const std::string&>();
      return text.empty() ? std::string("-") : text;
    };
    fmt::print("{:<10} {:<8} {:<18} {:<16} {:<22} {}\n", column("id"), column("port"), column("driver"),
               column("condition"), column("code"), column("name"));
    if (row["module"] != "") fmt::print("           module {}\n", column("module"));
    if (row["code"] != "ready" && row["sentence"] != row["code"] && row["sentence"] != "")
      fmt::print("           {}\n", column("sentence"));
  }
}

int devices(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(
      argc, argv, {{"json", false}, {"language", true}, {"strings", true}, {"config", true}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (!arguments->words().empty()) return exit_usage;
  const auto listed = usb::list();
  if (!listed) return fail(listed.error());
  const auto settings = site_device_settings(*arguments);
  if (!settings) return fail(settings.error(), exit_usage);
  const std::vector<DriverRow> table = device_table(*settings);
  std::vector<Found> found;
  for (const usb::ListedDevice& device : *listed)
    found.push_back({device, find_serving_driver(table, device.info)});
  const auto states = ask_drivers(table, found);
  if (!states) return fail(states.error());
  const Json rows = rows_of(found, table, *states, load_words(*arguments));
  if (arguments->has("json")) {
    std::printf("%s\n", json_text(rows, true).c_str());
  } else {
    print_rows(rows);
  }
  return exit_ok;
}

}  // namespace

const Command devices_command = {
    "devices", "[--json] [--language zh-Hans|en] [--strings DIR] [--config FILE]",
    "what is plugged in, which driver takes it, its state and what that means", devices,
    "  Of an identity card reader the number of its security module too.\n"
    "  --config FILE is kiosk.conf, for devices that a site names there.\n"
    "  The sentences are in DIR/devices.LANGUAGE.json. Without --strings DIR is $BIANMIN_STRINGS, or\n"
    "  ../share/bianmin/strings beside this program, or ui/strings here. Without any the codes stand "
    "alone.\n"};

}  // namespace bianmin::kioskctl
