// The list of drivers: each by its device's name, each made as what it is.
#include "terminal/device_table.hpp"

#include <algorithm>

#include "drivers/card/id_card_reader.hpp"
#include "drivers/emulator/page_printer_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/receipt_printer.hpp"
#include "drivers/scanner/code_scanner.hpp"
#include "drivers/usb/inventory.hpp"
#include "terminal/services/package.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

namespace {

usb::DeviceInfo printer_of_class() {
  usb::DeviceInfo device;
  device.vendor = 0x04B8;
  device.product = 0x0E28;
  device.interfaces = {
      {0, 7, 1, 2, {{0x01, usb::EndpointKind::bulk, 64}, {0x82, usb::EndpointKind::bulk, 64}}}};
  return device;
}

}  // namespace

TEST_CASE("a row names a device and a family, once, and services know no device without a row") {
  const std::vector<DriverRow> table = device_table();
  CHECK(table.size() >= 3);
  for (const DriverRow& row : table) {
    INFO(row.device << " " << row.family);
    CHECK_FALSE(row.family.empty());
    CHECK(std::count_if(table.begin(), table.end(), [&row](const DriverRow& other) {
            return other.device == row.device && other.family == row.family;
          }) == 1);
  }
  const auto names = device_names(table);
  for (const std::string_view name : services::device_names) {
    INFO(name);
    CHECK(std::count(names.begin(), names.end(), name) == 1);
  }
}

TEST_CASE("the driver of a device is found by what the device says of itself") {
  const std::vector<DriverRow> table = device_table();
  const DriverRow* const row = find_driver(table, printer_of_class());
  REQUIRE(row != nullptr);
  CHECK(row->device == "receipt-printer");
  CHECK(row->match(printer_of_class()) == 0);
  usb::DeviceInfo disk = printer_of_class();
  disk.interfaces[0].device_class = 8;
  CHECK(find_driver(table, disk) == nullptr);
  CHECK(find_driver(table, {}) == nullptr);
}

namespace {

// Who serves a plugged-in device of this model.
template <typename Model>
std::string_view served_by() {
  EmulatedDevice<Model> device;
  device.plug();
  const auto listed = usb::list_quietly();
  REQUIRE(listed.ok());
  const std::vector<DriverRow> table = device_table();
  for (const usb::DeviceInfo& info : *listed) {
    const DriverRow* const row = find_serving_driver(table, info);
    if (row != nullptr) return row->device;
  }
  return {};
}

}  // namespace

TEST_CASE("printers of both kinds have one USB class, and each is asked which it is") {
  CHECK(served_by<emulator::PrinterModel>() == "receipt-printer");
  CHECK(served_by<emulator::PagePrinterModel>() == "page-printer");
  CHECK(find_driver(device_table(), printer_of_class())->device == "receipt-printer");  // until it is asked
}

TEST_CASE("a printer that cannot be asked is left to the first that would take it") {
  const std::vector<DriverRow> table = device_table();
  const DriverRow* const row = find_serving_driver(table, printer_of_class());  // not plugged in
  REQUIRE(row != nullptr);
  CHECK(row->device == "receipt-printer");
}

TEST_CASE("a device that a site has to name is taken when it did") {
  usb::DeviceInfo keyboard;
  keyboard.vendor = 0x1209;
  keyboard.product = 0x0005;
  keyboard.interfaces = {{0, 3, 1, 1, {{0x81, usb::EndpointKind::interrupt, 8}}}};
  CHECK(find_driver(device_table(), keyboard) == nullptr);
  const auto config = Config::parse("key_pad = 1209:0005\nkey_pad_keys = next=2c confirm=28\n",
                                    {device_setting_keys.begin(), device_setting_keys.end()});
  const auto settings = read_device_settings(*config);
  REQUIRE(settings.ok());
  CHECK(settings->key_pad.keys.rows.size() == 2);
  CHECK(settings->key_pad.double_strike_ms == 500);
  const auto table = device_table(*settings);
  const DriverRow* const row = find_driver(table, keyboard);
  REQUIRE(row != nullptr);
  CHECK(row->device == "key-pad");
  keyboard.product = 0x0006;
  CHECK(find_driver(table, keyboard) == nullptr);
}

TEST_CASE("a keyboard that the site names is a code scanner, and no other") {
  usb::DeviceInfo keyboard;
  keyboard.vendor = 0x0627;
  keyboard.product = 0x0001;
  keyboard.interfaces = {{0, 3, 1, 1, {{0x81, usb::EndpointKind::interrupt, 8}}}};
  CHECK(find_driver(device_table(), keyboard) == nullptr);
  const auto config =
      Config::parse("code_keyboard = 0627:0001\n", {device_setting_keys.begin(), device_setting_keys.end()});
  const auto settings = read_device_settings(*config);
  REQUIRE(settings.ok());
  const auto table = device_table(*settings);
  const DriverRow* const row = find_driver(table, keyboard);
  REQUIRE(row != nullptr);
  CHECK(row->device == "code-scanner");
  CHECK(row->family == "keyboard");
  keyboard.interfaces[0].protocol = 2;  // its mouse
  CHECK(find_driver(table, keyboard) == nullptr);
  keyboard.interfaces[0].protocol = 1;
  keyboard.product = 0x0002;
  CHECK(find_driver(table, keyboard) == nullptr);
}

TEST_CASE("of several cameras the one that the site names reads codes") {
  usb::DeviceInfo camera;
  camera.vendor = 0x1209;
  camera.product = 0x0C0D;
  camera.interfaces = {{1, 14, 2, 0, {{0x81, usb::EndpointKind::isochronous, 1'023}}}};
  usb::DeviceInfo other = camera;
  other.product = 0x0C0E;
  CHECK(find_driver(device_table(), camera) != nullptr);
  CHECK(find_driver(device_table(), other) != nullptr);
  const auto config =
      Config::parse("code_camera = 1209:0c0d\n", {device_setting_keys.begin(), device_setting_keys.end()});
  const auto settings = read_device_settings(*config);
  REQUIRE(settings.ok());
  const auto table = device_table(*settings);
  const DriverRow* const row = find_driver(table, camera);
  REQUIRE(row != nullptr);
  CHECK(row->device == "code-scanner");
  CHECK(row->match(camera) == 1);
  CHECK(find_driver(table, other) == nullptr);
}

TEST_CASE("settings of devices that cannot be meant are refused") {
  const auto code_of = [](std::string_view text) -> std::string {
    const auto config = Config::parse(text, {device_setting_keys.begin(), device_setting_keys.end()});
    if (!config) return std::string(config.error().code);
    const auto settings = read_device_settings(*config);
    return settings ? "" : std::string(settings.error().code);
  };
  CHECK(code_of("").empty());
  CHECK(code_of("key_pad = 1209:00AF").empty());
  for (const char* bad : {"1209", "1209:5", "1209-0005", "1209:000g", "12090005", "01209:0005"})
    CHECK(code_of(std::string("key_pad = ") + bad) == "config.bad_usb_id");
  CHECK(code_of("code_keyboard = keyboard") == "config.bad_usb_id");
  CHECK(code_of("key_pad = 1209:0005\ncode_keyboard = 1209:0006").empty());
  CHECK(code_of("key_pad = 1209:0005\ncode_keyboard = 1209:0005") == "config.keyboard_twice");
  CHECK(code_of("key_pad_keys = next=2c") == "pad.bad_key_map");
  CHECK(code_of("guide_lights_device = 1209:0006\nguide_lights = card=0").empty());
  CHECK(code_of("guide_lights_device = 6") == "config.bad_usb_id");
  CHECK(code_of("contacts = door=0:nc tamper=1:no\nheadset_jack = sound-card").empty());
  CHECK(code_of("contacts = door=9:nc") == "contacts.bad_wiring");
  CHECK(code_of("code_camera = 0c45:6366").empty());
  CHECK(code_of("code_camera = 0c45") == "config.bad_usb_id");
  CHECK(code_of("headset_jack = ears") == "config.bad_headset_jack");
  CHECK(code_of("guide_lights = card=0 card=1") == "lights.bad_places");
  CHECK(code_of("key_pad_double_strike_ms = 2001") == "config.bad_number");
}

TEST_CASE("a device is made by its name, as what it is, and waits for what is plugged in") {
  LoopRig rig;
  CHECK(make_device<card::IdCardReader>("id-card-reader", *rig.bus, rig.loop, nullptr) != nullptr);
  CHECK(make_device<scanner::CodeScanner>("code-scanner", *rig.bus, rig.loop, nullptr) != nullptr);
  CHECK(make_device("lamp", *rig.bus, rig.loop, nullptr) == nullptr);
  const auto printer = make_device<printer::ReceiptPrinter>("receipt-printer", *rig.bus, rig.loop, nullptr);
  EmulatedDevice<emulator::PrinterModel> device;
  device.plug();
  REQUIRE(rig.until([&] { return printer->state().usable(); }));
  device.unplug();
  REQUIRE(rig.until([&] { return printer->state().condition == DeviceCondition::absent; }));
}

}  // namespace bianmin
