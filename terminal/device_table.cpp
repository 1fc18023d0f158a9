#include "terminal/device_table.hpp"

#include <algorithm>

#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/cabinet/mcp2221_contacts.hpp"
#include "drivers/card/ccid/ccid_reader.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/power/hid_ups.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "drivers/printer/page/device_id.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "terminal/slip_type.hpp"

namespace bianmin {

namespace {

template <typename Made>
std::unique_ptr<Device> make(usb::Bus& bus, EventLoop& loop, Log* log) {
  return std::make_unique<Made>(bus, loop, log);
}

std::unique_ptr<Device> make_escpos_printer(usb::Bus& bus, EventLoop& loop, Log* log) {
  printer::EscposOptions options;
  options.raster = slip_text_raster();
  return std::make_unique<printer::EscposPrinter>(bus, loop, log, std::move(options));
}

auto is_printer_of(printer::PrinterKind kind) {
  return [kind](usb::Channel& channel, std::stop_token stop) {
    return printer::check_printer_kind(channel, kind, std::move(stop));
  };
}

}  // namespace

std::vector<DriverRow> device_table(const DeviceSettings& settings) {
  std::vector<DriverRow> rows;
  for (const card::IdCardDriver& driver : card::id_card_drivers())
    rows.push_back({"id-card-reader", driver.name, driver.match, make<card::UsbIdCardReader>});
  rows.push_back({"receipt-printer", "escpos", printer::escpos_printer_interface, make_escpos_printer,
                  is_printer_of(printer::PrinterKind::receipt)});
  rows.push_back({"page-printer", "usb-printer", printer::page_printer_interface,
                  make<printer::UsbPagePrinter>, is_printer_of(printer::PrinterKind::page)});
  rows.push_back({"smart-card-reader", "ccid", card::ccid_reader_interface, make<card::CcidReader>});
  for (const scanner::CodeDriver& driver : scanner::code_drivers(settings.code_scanner))
    rows.push_back({"code-scanner", driver.name, driver.match,
                    [codes = settings.code_scanner](usb::Bus& bus, EventLoop& loop, Log* log) {
                      return std::make_unique<scanner::UsbCodeScanner>(bus, loop, log, usb::RecoveryLimits{},
                                                                       scanner::code_drivers(codes));
                    }});
  rows.push_back({"key-pad", "hid-keyboard",
                  [pad = settings.key_pad](const usb::DeviceInfo& device) {
                    return pad::key_pad_interface(pad, device);
                  },
                  [pad = settings.key_pad](usb::Bus& bus, EventLoop& loop, Log* log) {
                    return std::make_unique<pad::HidKeyPad>(bus, loop, log, pad);
                  }});
  rows.push_back({"guide-lights", "lamp-array",
                  [lights = settings.guide_lights](const usb::DeviceInfo& device) {
                    return cabinet::lamp_array_interface(lights, device);
                  },
                  [lights = settings.guide_lights](usb::Bus& bus, EventLoop& loop, Log* log) {
                    return std::make_unique<cabinet::LampArrayLights>(bus, loop, log, lights);
                  }});
  rows.push_back({"ups", "hid-power-device", power::hid_ups_interface, make<power::HidUps>});
  rows.push_back({"cabinet-contacts", "mcp2221",
                  [wiring = settings.contacts](const usb::DeviceInfo& device) {
                    return cabinet::mcp2221_interface(wiring, device);
                  },
                  [wiring = settings.contacts](usb::Bus& bus, EventLoop& loop, Log* log) {
                    return std::make_unique<cabinet::Mcp2221Contacts>(bus, loop, log, wiring);
                  }});
  return rows;
}

std::vector<std::string_view> device_names(const std::vector<DriverRow>& table) {
  std::vector<std::string_view> names;
  for (const DriverRow& row : table) names.push_back(row.device);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const DriverRow* find_driver(const std::vector<DriverRow>& table, const usb::DeviceInfo& device) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&device](const DriverRow& row) { return row.match(device).has_value(); });
  return found == table.end() ? nullptr : &*found;
}

const DriverRow* find_serving_driver(const std::vector<DriverRow>& table, const usb::DeviceInfo& device) {
  for (const DriverRow& row : table) {
    const auto interface = row.match(device);
    if (!interface) continue;
    if (!row.check) return &row;
    auto channel = usb::Channel::open(device, *interface, {});
    if (!channel) break;
    const auto mine = row.check(**channel, {});
    if (mine) return &row;
    if (mine.error().code != "usb.other_kind") break;
  }
  return find_driver(table, device);
}

std::unique_ptr<Device> make_device(std::string_view name, usb::Bus& bus, EventLoop& loop, Log* log,
                                    const DeviceSettings& settings) {
  for (const DriverRow& row : device_table(settings)) {
    if (row.device == name) return row.make(bus, loop, log);
  }
  return nullptr;
}

}  // namespace bianmin
