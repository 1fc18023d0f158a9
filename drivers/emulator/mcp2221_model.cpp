#include "drivers/emulator/mcp2221_model.hpp"

#include "drivers/emulator/hid_wire.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::size_t report_byte_count = 64;
constexpr std::uint8_t hid_in = 0x83;
constexpr std::uint8_t hid_out = 0x03;
constexpr std::uint8_t use_bits = 0x07;

Bytes report_descriptor() {
  return {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x02, 0x15, 0x00, 0x26, 0xFF,
          0x00, 0x75, 0x08, 0x95, 0x40, 0x81, 0x02, 0x09, 0x03, 0x91, 0x02, 0xC0};
}

}  // namespace

Mcp2221Model::Mcp2221Model() {
  spec_.vendor = 0x04D8;
  spec_.product = 0x00DD;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "Cabinet contacts";
  spec_.serial = "EMU0007";
  InterfaceSpec serial;
  serial.device_class = 2;
  serial.subclass = 2;
  serial.protocol = 1;
  serial.endpoints = {{0x81, 3, 8}};
  serial.kernel_driver = "cdc_acm";
  InterfaceSpec data;
  data.device_class = 0x0A;
  data.endpoints = {{0x02, 2, 16}, {0x82, 2, 16}};
  data.kernel_driver = "cdc_acm";
  InterfaceSpec hid;
  hid.device_class = 3;
  hid.endpoints = {{hid_in, 3, 64}, {hid_out, 3, 64}};
  ByteWriter descriptor;
  descriptor.u8(9).u8(0x21).u16_le(0x0111).u8(0).u8(1).u8(0x22);
  descriptor.u16_le(static_cast<std::uint16_t>(report_descriptor().size()));
  hid.class_descriptor = descriptor.take();
  hid.kernel_driver = "usbhid";
  spec_.interfaces = {serial, data, hid};
  power_on();
}

// As it leaves the factory the pins show what the serial port and the bus do.
void Mcp2221Model::power_on() {
  answers_.clear();
  settings_ = {0x02, 0x03, 0x01, 0x01};
}

std::size_t Mcp2221Model::take(std::uint8_t endpoint, ByteView bytes) {
  if (endpoint == hid_out && !bytes.empty()) answers_.push_back(answer(bytes));
  return bytes.size();
}

std::optional<Bytes> Mcp2221Model::give(std::uint8_t endpoint) {
  if (endpoint != hid_in || answers_.empty()) return std::nullopt;
  Bytes next = std::move(answers_.front());
  answers_.pop_front();
  return next;
}

std::optional<Bytes> Mcp2221Model::control(const ControlRequest& request) {
  constexpr std::uint8_t set_idle = 10;
  if (asks_report_descriptor(request)) return report_descriptor();
  if (request.request_type == 0x21 && request.request == set_idle) return Bytes();
  return std::nullopt;
}

Bytes Mcp2221Model::answer(ByteView command) {
  constexpr std::uint8_t get_pins = 0x51;
  constexpr std::uint8_t set_settings = 0x60;
  constexpr std::uint8_t get_settings = 0x61;
  constexpr std::uint8_t unknown = 0x01;
  Bytes out(report_byte_count, 0);
  out[0] = command[0];
  if (command[0] == get_pins) {
    for (std::size_t i = 0; i < settings_.size(); ++i) {
      const bool pin = (settings_[i] & use_bits) == 0;
      const bool input = (settings_[i] & 0x08U) != 0;
      const bool driven = (settings_[i] & 0x10U) != 0;
      const bool level = input ? high_[i] : driven;
      out[2 + 2 * i] = pin ? std::uint8_t{level} : std::uint8_t{0xEE};
      out[3 + 2 * i] = pin ? std::uint8_t{input} : std::uint8_t{0xEF};
    }
  } else if (command[0] == get_settings) {
    out[2] = 18;  // of the chip's own settings
    out[3] = 4;   // of the pins'
    for (std::size_t i = 0; i < settings_.size(); ++i) out[22 + i] = settings_[i];
  } else if (command[0] == set_settings && command.size() == report_byte_count) {
    const bool alters = (command[7] & 0x80U) != 0;
    for (std::size_t i = 0; i < settings_.size() && alters; ++i) {
      if (!held_[i]) settings_[i] = command[8 + i] & 0x1FU;
    }
  } else {
    out[1] = unknown;
  }
  return out;
}

}  // namespace bianmin::emulator
