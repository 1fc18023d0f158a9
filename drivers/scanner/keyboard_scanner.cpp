#include "drivers/scanner/keyboard_scanner.hpp"

#include "drivers/hid/hid_channel.hpp"
#include "drivers/scanner/keyboard_keys.hpp"

namespace bianmin::scanner {

namespace {

constexpr std::uint8_t boot_subclass = 1;
constexpr std::uint8_t keyboard_protocol = 1;
constexpr int request_timeout_ms = 1'000;
constexpr int idle_timeout_ms = 600'000;
constexpr int code_end_ms = 500;  // a slow scanner waits 100 ms between keys

// Reports of the boot form, and only when a key changes. HID 1.11, 7.2.4 and 7.2.6.
Result<void> set_up(usb::Channel& channel, const std::stop_token& stop) {
  constexpr std::uint8_t class_interface_out = 0x21;
  constexpr std::uint8_t set_idle = 0x0A;
  constexpr std::uint8_t set_protocol = 0x0B;
  for (const std::uint8_t request : {set_protocol, set_idle}) {
    const auto done = channel.control_write(class_interface_out, request, 0, channel.interface().number, {},
                                            request_timeout_ms, stop);
    // A device without a choice refuses, and has the boot form anyway.
    if (!done && done.error().code != "usb.stall") return done;
  }
  return {};
}

}  // namespace

std::optional<int> boot_keyboard_interface(const usb::DeviceInfo& device) {
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    const bool keyboard = interface.device_class == hid::interface_class &&
                          interface.subclass == boot_subclass && interface.protocol == keyboard_protocol;
    if (keyboard && hid::interrupt_in(interface) != nullptr) return interface.number;
  }
  return std::nullopt;
}

std::optional<int> keyboard_scanner_interface(const usb::DeviceInfo& device) {
  return made_by_scanner_maker(device) ? boot_keyboard_interface(device) : std::nullopt;
}

Error KeyboardScanner::serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) {
  const usb::EndpointInfo* endpoint = hid::interrupt_in(channel.interface());
  if (endpoint == nullptr) return {Remedy::call_staff, "scanner.not_a_scanner", "no endpoint"};
  if (auto ready = set_up(channel, stop); !ready) return ready.error();
  if (auto rest = torn_.drop_rest(channel, *endpoint, code_end_ms, stop); !rest) return rest.error();
  desk.ready();
  KeyboardKeys keys;
  int begun_at = desk.listening();
  for (;;) {
    const bool within_code = keys.begun();
    const auto report = channel.read(endpoint->address, endpoint->packet_byte_max,
                                     within_code ? code_end_ms : idle_timeout_ms, stop);
    if (!report && report.error().code == "usb.timeout") {
      if (within_code) desk.tell(keys.take(), begun_at);
      continue;
    }
    if (!report) {
      torn_.failed(report.error());
      return report.error();
    }
    desk.healthy();
    if (!within_code) begun_at = desk.listening();
    keys.add(*report, [&](Result<std::string> code) {
      desk.tell(std::move(code), begun_at);
      begun_at = desk.listening();
    });
  }
}

}  // namespace bianmin::scanner
