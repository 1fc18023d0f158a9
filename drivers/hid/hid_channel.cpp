#include "drivers/hid/hid_channel.hpp"

#include <algorithm>

namespace bianmin::hid {

namespace {

constexpr std::uint8_t class_interface_in = 0xA1;
constexpr std::uint8_t class_interface_out = 0x21;
constexpr std::uint8_t standard_interface_in = 0x81;
constexpr std::uint16_t report_descriptor_byte_max = 4'096;
constexpr int request_timeout_ms = 1'000;

// The kind and number of a report as a request names them.
std::uint16_t report_name(ReportKind kind, std::uint8_t report_id) {
  const unsigned number = kind == ReportKind::input ? 1 : kind == ReportKind::output ? 2 : 3;
  return static_cast<std::uint16_t>(number << 8U | report_id);
}

}  // namespace

const usb::EndpointInfo* interrupt_in(const usb::InterfaceInfo& interface) {
  const auto found =
      std::find_if(interface.endpoints.begin(), interface.endpoints.end(), [](const usb::EndpointInfo& each) {
        return each.is_in() && each.kind == usb::EndpointKind::interrupt && each.packet_byte_max > 0;
      });
  return found == interface.endpoints.end() ? nullptr : &*found;
}

Result<ReportDescriptor> report_descriptor(usb::Channel& channel, std::stop_token stop) {
  constexpr std::uint8_t get_descriptor = 6;
  constexpr std::uint16_t report = 0x2200;
  const auto bytes =
      channel.control_read(standard_interface_in, get_descriptor, report, channel.interface().number,
                           report_descriptor_byte_max, request_timeout_ms, std::move(stop));
  if (!bytes) return bytes.error();
  return parse_report_descriptor(*bytes);
}

Result<Bytes> get_report(usb::Channel& channel, ReportKind kind, std::uint8_t report_id,
                         std::size_t byte_count, std::stop_token stop) {
  constexpr std::uint8_t request = 0x01;
  const auto byte_max =
      static_cast<std::uint16_t>(std::min<std::size_t>(byte_count, report_descriptor_byte_max));
  return channel.control_read(class_interface_in, request, report_name(kind, report_id),
                              channel.interface().number, byte_max, request_timeout_ms, std::move(stop));
}

Result<void> set_report(usb::Channel& channel, ReportKind kind, std::uint8_t report_id, ByteView report,
                        std::stop_token stop) {
  constexpr std::uint8_t request = 0x09;
  return channel.control_write(class_interface_out, request, report_name(kind, report_id),
                               channel.interface().number, report, request_timeout_ms, std::move(stop));
}

}  // namespace bianmin::hid
