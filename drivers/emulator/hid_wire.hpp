// What every emulated HID device says of itself in the same way.
#pragma once

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

// An interface with one interrupt endpoint from the device. Source: HID 1.11, 6.2.1.
inline InterfaceSpec hid_interface(const Bytes& report_descriptor, std::uint8_t endpoint,
                                   std::uint16_t packet_byte_max) {
  constexpr std::uint8_t interrupt = 3;
  InterfaceSpec interface;
  interface.device_class = 3;
  interface.endpoints = {{endpoint, interrupt, packet_byte_max}};
  ByteWriter hid;
  hid.u8(9).u8(0x21).u16_le(0x0111).u8(0).u8(1).u8(0x22);
  hid.u16_le(static_cast<std::uint16_t>(report_descriptor.size()));
  interface.class_descriptor = hid.take();
  interface.kernel_driver = "usbhid";
  return interface;
}

inline bool asks_report_descriptor(const ControlRequest& request) {
  constexpr std::uint8_t standard_interface_in = 0x81;
  constexpr std::uint8_t get_descriptor = 6;
  return request.request_type == standard_interface_in && request.request == get_descriptor &&
         request.value == 0x2200;
}

}  // namespace bianmin::emulator
