#include <algorithm>
#include <array>

#include "drivers/scanner/camera_scanner.hpp"
#include "drivers/scanner/cdc_scanner.hpp"
#include "drivers/scanner/code_protocol.hpp"
#include "drivers/scanner/hid_pos_scanner.hpp"
#include "drivers/scanner/keyboard_scanner.hpp"

namespace bianmin::scanner {

namespace {

// Newland, Honeywell (Metrologic, Hand Held Products), Zebra (Symbol), Datalogic (PSC), Opticon, Code,
// Access-IS.
constexpr std::array<std::uint16_t, 7> scanner_vendors = {0x1EAB, 0x0C2E, 0x05E0, 0x05F9,
                                                          0x065A, 0x11FA, 0x0DB5};

template <typename Protocol>
std::unique_ptr<CodeProtocol> make() {
  return std::make_unique<Protocol>();
}

// Of a maker of scanners, or named by the site.
std::optional<int> keyboard_interface(const CodeScannerSettings& settings, const usb::DeviceInfo& device) {
  const bool named = settings.keyboard_vendor != 0 && device.vendor == settings.keyboard_vendor &&
                     device.product == settings.keyboard_product;
  return named ? boot_keyboard_interface(device) : keyboard_scanner_interface(device);
}

}  // namespace

std::vector<CodeDriver> code_drivers(const CodeScannerSettings& settings) {
  const auto code_camera = [settings](const usb::DeviceInfo& device) -> std::optional<int> {
    const bool any = settings.camera_vendor == 0 && settings.camera_product == 0;
    const bool named = device.vendor == settings.camera_vendor && device.product == settings.camera_product;
    return any || named ? camera_interface(device) : std::nullopt;
  };
  return {
      {"hid-pos", hid_pos_interface, make<HidPosScanner>},
      {"cdc-serial", cdc_scanner_interface, make<CdcScanner>},
      {"keyboard", [settings](const usb::DeviceInfo& device) { return keyboard_interface(settings, device); },
       make<KeyboardScanner>},
      {"camera", code_camera, make<CameraScanner>},
  };
}

std::optional<int> code_scanner_interface(const usb::DeviceInfo& device,
                                          const CodeScannerSettings& settings) {
  for (const CodeDriver& driver : code_drivers(settings)) {
    if (const auto interface = driver.match(device)) return interface;
  }
  return std::nullopt;
}

bool made_by_scanner_maker(const usb::DeviceInfo& device) {
  return std::find(scanner_vendors.begin(), scanner_vendors.end(), device.vendor) != scanner_vendors.end();
}

}  // namespace bianmin::scanner
