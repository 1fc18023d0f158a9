#include "terminal/kioskctl/device_under_test.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/cabinet/mcp2221_contacts.hpp"
#include "drivers/card/ccid/ccid_reader.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/emulator/control_client.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/power/hid_ups.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "drivers/scanner/camera_scanner.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "drivers/usb/inventory.hpp"
#include "terminal/kioskctl/commands.hpp"
#include "terminal/kioskctl/person_operator.hpp"

namespace bianmin::kioskctl {

namespace {

class IdCardReaderUnderTest : public DeviceUnderTest {
 public:
  IdCardReaderUnderTest(usb::Bus& bus, EventLoop& loop, Log* log) : reader_(bus, loop, log) {}
  conformance::Suite suite() override {
    return conformance::id_card_suite(reader_, [this](auto done) { reader_.ask_module(std::move(done)); });
  }
  bool takes(const usb::DeviceInfo& device) const override {
    return card::match_id_card_driver(drivers_, device).driver != nullptr;
  }
  std::string emulated_name() const override { return "reader"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "read"}; }
  bool reads_cards() const override { return true; }

 private:
  card::UsbIdCardReader reader_;
  std::vector<card::IdCardDriver> drivers_ = card::id_card_drivers();
};

class SmartCardReaderUnderTest : public DeviceUnderTest {
 public:
  SmartCardReaderUnderTest(usb::Bus& bus, EventLoop& loop, Log* log) : reader_(bus, loop, log) {}
  conformance::Suite suite() override { return conformance::smart_card_suite(reader_); }
  bool takes(const usb::DeviceInfo& device) const override {
    return card::ccid_reader_interface(device).has_value();
  }
  std::string emulated_name() const override { return "smartcard"; }
  std::string emulated_card() const override { return "chip"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "atr", "select"}; }
  bool reads_cards() const override { return true; }

 private:
  card::CcidReader reader_;
};

class PrinterUnderTest : public DeviceUnderTest {
 public:
  PrinterUnderTest(usb::Bus& bus, EventLoop& loop, Log* log) : printer_(bus, loop, log) {}
  conformance::Suite suite() override { return conformance::printer_suite(printer_); }
  bool takes(const usb::DeviceInfo& device) const override {
    return printer::escpos_printer_interface(device).has_value();
  }
  std::string emulated_name() const override { return "printer"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "print"}; }

 private:
  printer::EscposPrinter printer_;
};

class PagePrinterUnderTest : public DeviceUnderTest {
 public:
  PagePrinterUnderTest(usb::Bus& bus, EventLoop& loop, Log* log) : printer_(bus, loop, log) {}
  conformance::Suite suite() override { return conformance::page_printer_suite(printer_); }
  bool takes(const usb::DeviceInfo& device) const override {
    return printer::page_printer_interface(device).has_value();
  }
  std::string emulated_name() const override { return "pageprinter"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "print"}; }

 private:
  printer::UsbPagePrinter printer_;
};

class ScannerUnderTest : public DeviceUnderTest {
 public:
  ScannerUnderTest(usb::Bus& bus, EventLoop& loop, Log* log, const scanner::CodeScannerSettings& settings)
      : settings_(settings), scanner_(bus, loop, log, {}, scanner::code_drivers(settings)) {}
  conformance::Suite suite() override {
    const auto listed = usb::list_quietly();
    const bool camera = listed && std::any_of(listed->begin(), listed->end(), [this](const auto& device) {
                          return takes(device) && scanner::camera_interface(device).has_value();
                        });
    return conformance::scanner_suite(scanner_, camera);
  }
  bool takes(const usb::DeviceInfo& device) const override {
    return scanner::code_scanner_interface(device, settings_).has_value();
  }
  std::string emulated_name() const override { return "scanner"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "code"}; }

 private:
  scanner::CodeScannerSettings settings_;
  scanner::UsbCodeScanner scanner_;
};

class KeyPadUnderTest : public DeviceUnderTest {
 public:
  KeyPadUnderTest(usb::Bus& bus, EventLoop& loop, Log* log, const pad::KeyPadSettings& settings)
      : settings_(settings), pad_(bus, loop, log, settings) {}
  conformance::Suite suite() override {
    std::vector<pad::PadKey> keys;
    for (const pad::KeyMap::Row& row : settings_.keys.rows) {
      if (const auto key = key_of(row.signal)) keys.push_back(*key);
    }
    return conformance::pad_suite(pad_, keys);
  }
  bool takes(const usb::DeviceInfo& device) const override {
    return pad::key_pad_interface(settings_, device).has_value();
  }
  std::string emulated_name() const override { return "pad"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "next", "confirm"}; }

 private:
  pad::KeyPadSettings settings_;
  pad::HidKeyPad pad_;
};

class GuideLightsUnderTest : public DeviceUnderTest {
 public:
  GuideLightsUnderTest(usb::Bus& bus, EventLoop& loop, Log* log, const cabinet::GuideLightSettings& settings)
      : settings_(settings), lights_(bus, loop, log, settings) {}
  conformance::Suite suite() override {
    std::vector<cabinet::LightPlace> places;
    for (const auto& [place, lamp] : settings_.lamps) places.push_back(place);
    return conformance::lights_suite(lights_, std::move(places));
  }
  bool takes(const usb::DeviceInfo& device) const override {
    return cabinet::lamp_array_interface(settings_, device).has_value();
  }
  std::string emulated_name() const override { return "lights"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "alone"}; }

 private:
  cabinet::GuideLightSettings settings_;
  cabinet::LampArrayLights lights_;
};

class PowerSupplyUnderTest : public DeviceUnderTest {
 public:
  PowerSupplyUnderTest(usb::Bus& bus, EventLoop& loop, Log* log) : ups_(bus, loop, log) {}
  conformance::Suite suite() override { return conformance::power_suite(ups_); }
  bool takes(const usb::DeviceInfo& device) const override {
    return power::hid_ups_interface(device).has_value();
  }
  std::string emulated_name() const override { return "ups"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "figures"}; }

 private:
  power::HidUps ups_;
};

class CabinetContactsUnderTest : public DeviceUnderTest {
 public:
  CabinetContactsUnderTest(usb::Bus& bus, EventLoop& loop, Log* log, const cabinet::ContactWiring& wiring)
      : wiring_(wiring), contacts_(bus, loop, log, wiring) {}
  conformance::Suite suite() override {
    return conformance::contacts_suite(contacts_, wiring_.door.has_value(), wiring_.tamper.has_value());
  }
  bool takes(const usb::DeviceInfo& device) const override {
    return cabinet::mcp2221_interface(wiring_, device).has_value();
  }
  std::string emulated_name() const override { return "contacts"; }
  std::set<std::string_view> recorded_steps() const override { return {"ready", "door"}; }

 private:
  cabinet::ContactWiring wiring_;
  cabinet::Mcp2221Contacts contacts_;
};

}  // namespace

std::unique_ptr<DeviceUnderTest> DeviceUnderTest::create(std::string_view name, usb::Bus& bus,
                                                         EventLoop& loop, Log* log,
                                                         const DeviceSettings& settings) {
  if (name == "id-card-reader") return std::make_unique<IdCardReaderUnderTest>(bus, loop, log);
  if (name == "smart-card-reader") return std::make_unique<SmartCardReaderUnderTest>(bus, loop, log);
  if (name == "receipt-printer") return std::make_unique<PrinterUnderTest>(bus, loop, log);
  if (name == "page-printer") return std::make_unique<PagePrinterUnderTest>(bus, loop, log);
  if (name == "code-scanner")
    return std::make_unique<ScannerUnderTest>(bus, loop, log, settings.code_scanner);
  if (name == "key-pad") return std::make_unique<KeyPadUnderTest>(bus, loop, log, settings.key_pad);
  if (name == "guide-lights")
    return std::make_unique<GuideLightsUnderTest>(bus, loop, log, settings.guide_lights);
  if (name == "cabinet-contacts")
    return std::make_unique<CabinetContactsUnderTest>(bus, loop, log, settings.contacts);
  if (name == "ups") return std::make_unique<PowerSupplyUnderTest>(bus, loop, log);
  return nullptr;
}

std::unique_ptr<conformance::Operator> operator_for(const Arguments& arguments, const DeviceUnderTest& device,
                                                    EventLoop& loop, std::FILE* talk) {
  if (!arguments.has("emulator")) return std::make_unique<PersonOperator>(loop, talk, STDIN_FILENO);
  return std::make_unique<conformance::EmulatorOperator>(
      device.emulated_name(), device.emulated_card(),
      [socket = emulator_socket(arguments)](std::string_view line) {
        return emulator::emulator_command(socket, line);
      });
}

std::string DeviceUnderTest::identity() const {
  const auto listed = usb::list_quietly();
  if (!listed) return {};
  for (const usb::DeviceInfo& device : *listed) {
    if (takes(device)) return fmt::format("{:04x}:{:04x} at {}", device.vendor, device.product, device.port);
  }
  return {};
}

}  // namespace bianmin::kioskctl
