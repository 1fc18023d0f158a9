// The requests of the HID class over an open channel, and what makes an interface one of it.
// Source: Device Class Definition for HID 1.11, chapters 7.1 and 7.2.
#pragma once

#include <optional>
#include <stop_token>

#include "drivers/hid/report_descriptor.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::hid {

constexpr std::uint8_t interface_class = 3;

// The endpoint on which input reports come; null: none. Borrows.
const usb::EndpointInfo* interrupt_in(const usb::InterfaceInfo& interface);

// All below: thread-bound to the device's own thread, blocking as the channel's calls do. Errors: "usb.*".
// Besides: "hid.bad_descriptor".
Result<ReportDescriptor> report_descriptor(usb::Channel& channel, std::stop_token stop);
// The report as the device gives it: its number first, where it has numbers.
Result<Bytes> get_report(usb::Channel& channel, ReportKind kind, std::uint8_t report_id,
                         std::size_t byte_count, std::stop_token stop);
// `report` begins with its number where the device has numbers.
Result<void> set_report(usb::Channel& channel, ReportKind kind, std::uint8_t report_id, ByteView report,
                        std::stop_token stop);

}  // namespace bianmin::hid
