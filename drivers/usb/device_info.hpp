// What a USB device says about itself before anybody opens it. Values, safe to copy between threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bianmin::usb {

enum class EndpointKind { control, isochronous, bulk, interrupt };

struct EndpointInfo {
  std::uint8_t address = 0;  // bit 7 set: from the device to us
  EndpointKind kind = EndpointKind::bulk;
  std::uint16_t packet_byte_max = 0;

  bool is_in() const { return (address & 0x80U) != 0; }
};

struct InterfaceInfo {
  std::uint8_t number = 0;
  std::uint8_t device_class = 0;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  std::vector<EndpointInfo> endpoints;  // of alternate setting 0, in the order of the descriptors
};

struct DeviceInfo {
  std::uint8_t bus = 0;
  std::uint8_t address = 0;  // a device that comes back gets another one
  std::string port;          // "1-2.4": the socket it sits in, the same after a replug
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::vector<InterfaceInfo> interfaces;

  bool same_device(const DeviceInfo& other) const {
    return bus == other.bus && address == other.address && vendor == other.vendor && product == other.product;
  }
  const InterfaceInfo* find_interface(int number) const;
};

}  // namespace bianmin::usb
