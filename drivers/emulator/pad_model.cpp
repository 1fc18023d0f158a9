#include "drivers/emulator/pad_model.hpp"

#include "drivers/emulator/hid_wire.hpp"

namespace bianmin::emulator {

namespace {

Bytes keyboard() {
  return {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01,                                            // keyboard
          0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01,                    // shift and the like
          0x75, 0x01, 0x95, 0x08, 0x81, 0x02,                                            // a bit each
          0x95, 0x01, 0x75, 0x08, 0x81, 0x01,                                            // reserved
          0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02,        // lights
          0x95, 0x01, 0x75, 0x03, 0x91, 0x01,                                            // padding
          0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x73, 0x05, 0x07, 0x19, 0x00, 0x29,  // six keys down
          0x73, 0x81, 0x00, 0xC0};
}

Bytes mouse() {
  return {0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x01, 0xA1, 0x00, 0x09, 0x30, 0x09,
          0x31, 0x15, 0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xC0, 0xC0};
}

}  // namespace

PadModel::PadModel() : report_descriptor_(keyboard()) {
  spec_.vendor = vendor;
  spec_.product = product;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "Five-key pad";
  spec_.serial = "EMU0005";
  InterfaceSpec interface = hid_interface(report_descriptor_, 0x81, 8);
  interface.subclass = 1;
  interface.protocol = 1;
  spec_.interfaces = {interface};
}

std::size_t PadModel::take(std::uint8_t, ByteView bytes) { return bytes.size(); }

std::optional<Bytes> PadModel::give(std::uint8_t) {
  if (reports_.empty()) return std::nullopt;
  Bytes next = std::move(reports_.front());
  reports_.pop_front();
  return next;
}

std::optional<Bytes> PadModel::control(const ControlRequest& request) {
  constexpr std::uint8_t set_report = 9;
  constexpr std::uint8_t set_idle = 10;
  constexpr std::uint8_t set_protocol = 11;
  if (asks_report_descriptor(request)) return report_descriptor_;
  const bool told = request.request == set_report || request.request == set_idle ||
                    (request.request == set_protocol && request.value <= 1);
  if (request.request_type == 0x21 && told) return Bytes();
  return std::nullopt;
}

void PadModel::press(std::uint8_t usage) {
  hold(usage);
  release();
}

void PadModel::become_a_mouse() { report_descriptor_ = mouse(); }

}  // namespace bianmin::emulator
