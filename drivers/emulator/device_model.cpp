#include "drivers/emulator/device_model.hpp"

#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

void put_interface(ByteWriter& to, std::size_t number, const InterfaceSpec& spec) {
  to.u8(9)
      .u8(4)
      .u8(static_cast<std::uint8_t>(number))
      .u8(0)
      .u8(static_cast<std::uint8_t>(spec.endpoints.size()));
  to.u8(spec.device_class).u8(spec.subclass).u8(spec.protocol).u8(0);
  to.bytes(spec.class_descriptor);
  for (const EndpointSpec& endpoint : spec.endpoints) {
    const bool interrupt = endpoint.attributes == 3;
    to.u8(7).u8(5).u8(endpoint.address).u8(endpoint.attributes).u16_le(endpoint.packet_byte_max);
    to.u8(interrupt ? 10 : 0);
  }
}

constexpr std::ptrdiff_t device_byte_count = 18;

Bytes configuration(const DeviceSpec& spec) {
  if (!spec.recorded.empty()) return Bytes(spec.recorded.begin() + device_byte_count, spec.recorded.end());
  ByteWriter body;
  for (std::size_t i = 0; i < spec.interfaces.size(); ++i) put_interface(body, i, spec.interfaces[i]);
  ByteWriter all;
  all.u8(9).u8(2).u16_le(static_cast<std::uint16_t>(9 + body.view().size()));
  all.u8(static_cast<std::uint8_t>(spec.interfaces.size())).u8(1).u8(0).u8(0x80).u8(50).bytes(body.view());
  return all.take();
}

Bytes device(const DeviceSpec& spec) {
  if (!spec.recorded.empty()) return Bytes(spec.recorded.begin(), spec.recorded.begin() + device_byte_count);
  ByteWriter to;
  to.u8(18).u8(1).u16_le(0x0110).u8(0).u8(0).u8(0).u8(64);
  to.u16_le(spec.vendor).u16_le(spec.product).u16_le(spec.release).u8(1).u8(2).u8(3).u8(1);
  return to.take();
}

std::optional<Bytes> string_descriptor(const DeviceSpec& spec, unsigned index) {
  ByteWriter to;
  if (index == 0) return to.u8(4).u8(3).u16_le(0x0409).take();
  const std::string* texts[] = {&spec.manufacturer, &spec.product_name, &spec.serial};
  if (index > 3) return std::nullopt;
  const auto text = utf16le_from_utf8(*texts[index - 1]);
  if (!text) return std::nullopt;
  return to.u8(static_cast<std::uint8_t>(2 + text->size())).u8(3).bytes(*text).take();
}

}  // namespace

Bytes DeviceSpec::descriptors() const {
  Bytes all = device(*this);
  append(all, configuration(*this));
  return all;
}

std::optional<Bytes> answer_control(DeviceModel& model, const ControlRequest& request) {
  constexpr std::uint8_t get_status = 0;
  constexpr std::uint8_t get_descriptor = 6;
  constexpr std::uint8_t get_configuration = 8;
  if (request.request_type == 0x80) {
    if (request.request == get_status) return Bytes{0, 0};
    if (request.request == get_configuration) return Bytes{1};
    if (request.request != get_descriptor) return std::nullopt;
    switch (request.value >> 8U) {
      case 1:
        return device(model.spec());
      case 2:
        return configuration(model.spec());
      case 3:
        return string_descriptor(model.spec(), request.value & 0xFFU);
      default:
        return std::nullopt;
    }
  }
  return model.control(request);
}

}  // namespace bianmin::emulator
