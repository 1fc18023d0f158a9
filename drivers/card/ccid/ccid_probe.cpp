#include "drivers/card/ccid/ccid_probe.hpp"

#include <algorithm>

#include "drivers/card/ccid/ccid_link.hpp"

namespace bianmin::card {

namespace {

constexpr std::uint8_t protocol_iccd_b = 2;  // 0: bulk endpoints, 1: ICCD version A
constexpr std::uint8_t from_device = 0x80;
constexpr std::uint8_t get_descriptor = 6;
constexpr std::uint16_t configuration_descriptor = 0x0200;
constexpr std::uint16_t configuration_byte_max = 4'096;
constexpr std::uint16_t configuration_head_byte_count = 9;
}  // namespace

std::optional<int> ccid_reader_interface(const usb::DeviceInfo& device) {
  const bool vendor_class = ccid_quirks(device.vendor, device.product).vendor_class;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    const bool ours = (interface.device_class == class_smart_card && interface.protocol <= protocol_iccd_b) ||
                      (vendor_class && interface.device_class == 0xFF && interface.protocol == 0);
    if (ours && interface.subclass == 0 && ccid_endpoints(interface)) return interface.number;
  }
  return std::nullopt;
}

Result<CcidDescriptor> read_ccid_descriptor(usb::Channel& channel, int timeout_ms, std::stop_token stop) {
  const auto read = [&](std::uint16_t byte_max) {
    return channel.control_read(from_device, get_descriptor, configuration_descriptor, 0, byte_max,
                                timeout_ms, stop);
  };
  auto head = read(configuration_head_byte_count);
  if (!head) return head.error();
  ByteReader reader(*head);
  reader.skip(2);
  const std::uint16_t byte_count = std::min(reader.u16_le(), configuration_byte_max);
  if (reader.failed()) return Error{Remedy::retry_later, "reader.bad_frame", "no configuration descriptor"};
  auto whole = read(byte_count);
  if (!whole) return whole.error();
  for (const CcidInterface& interface : find_ccid_interfaces(*whole)) {
    if (interface.number != channel.interface().number) continue;
    auto facts = assess_ccid(interface);
    if (!facts) return Error{Remedy::call_staff, "reader.unsupported", facts.error().text()};
    return facts;
  }
  return Error{Remedy::call_staff, "reader.unsupported", "the interface is not in its own descriptor"};
}

}  // namespace bianmin::card
