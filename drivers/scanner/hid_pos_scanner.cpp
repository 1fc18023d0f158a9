#include "drivers/scanner/hid_pos_scanner.hpp"

#include "drivers/hid/hid_channel.hpp"
#include "drivers/scanner/code_assembly.hpp"
#include "drivers/scanner/hid_report.hpp"

namespace bianmin::scanner {

namespace {

constexpr int idle_timeout_ms = 600'000;  // nobody scans for so long: look whether the device still answers
constexpr int next_part_timeout_ms = 2'000;  // within one code
constexpr int part_pause_ms = 200;           // after a failure: longer, and the parts of a code are over

}  // namespace

std::optional<int> hid_pos_interface(const usb::DeviceInfo& device) {
  if (!made_by_scanner_maker(device)) return std::nullopt;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    // Subclass 1 is a boot keyboard or mouse.
    const bool candidate = interface.device_class == hid::interface_class && interface.subclass == 0;
    if (candidate && hid::interrupt_in(interface) != nullptr) return interface.number;
  }
  return std::nullopt;
}

Error HidPosScanner::serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) {
  const auto descriptor = hid::report_descriptor(channel, stop);
  if (!descriptor) {
    if (descriptor.error().code != "hid.bad_descriptor") return descriptor.error();
    return {Remedy::call_staff, "scanner.not_a_scanner", descriptor.error().detail};
  }
  const auto layout = find_scan_report(*descriptor);
  if (!layout)
    return {Remedy::call_staff, "scanner.not_a_scanner", "no scanned-data report: is it in HID POS mode?"};
  const usb::EndpointInfo* endpoint = hid::interrupt_in(channel.interface());
  if (endpoint == nullptr) return {Remedy::call_staff, "scanner.not_a_scanner", "no endpoint"};
  if (auto rest = torn_.drop_rest(channel, *endpoint, part_pause_ms, stop); !rest) return rest.error();
  desk.ready();
  CodeAssembly assembly;
  int begun_at = desk.listening();
  for (;;) {
    const bool within_code = assembly.begun();
    const int wait_ms = within_code ? next_part_timeout_ms : idle_timeout_ms;
    const auto report = channel.read(endpoint->address, endpoint->packet_byte_max, wait_ms, stop);
    if (!report && report.error().code == "usb.timeout") {
      if (within_code) (void)assembly.take();  // the rest never came; half a code is none
      continue;
    }
    if (!report) {
      torn_.failed(report.error());
      return report.error();
    }
    desk.healthy();
    const auto part = read_scan_report(*layout, *report);
    if (!part) {
      if (!within_code && !report->empty() && layout->report_id != 0 && (*report)[0] != layout->report_id)
        continue;
      (void)assembly.take();
      desk.tell(bad_code("broken report"), desk.listening());
      continue;
    }
    if (!within_code) begun_at = desk.listening();
    assembly.add(part->data);
    if (!part->more) desk.tell(assembly.take(), begun_at);
  }
}

}  // namespace bianmin::scanner
