#include "drivers/scanner/cdc_scanner.hpp"

#include <utility>

#include "drivers/scanner/code_assembly.hpp"

namespace bianmin::scanner {

namespace {

constexpr std::uint8_t control_class = 2;
constexpr std::uint8_t acm_subclass = 2;
constexpr std::uint8_t data_class = 10;
constexpr int request_timeout_ms = 1'000;
constexpr int idle_timeout_ms = 600'000;
constexpr int code_end_ms = 150;  // nothing more came: the code ends without a line end

const usb::EndpointInfo* bulk_in(const usb::InterfaceInfo& interface) {
  for (const usb::EndpointInfo& endpoint : interface.endpoints) {
    if (endpoint.is_in() && endpoint.kind == usb::EndpointKind::bulk && endpoint.packet_byte_max > 0)
      return &endpoint;
  }
  return nullptr;
}

const usb::InterfaceInfo* control_interface(const usb::DeviceInfo& device) {
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    if (interface.device_class == control_class && interface.subclass == acm_subclass) return &interface;
  }
  return nullptr;
}

// The rate means nothing on USB, but some scanners send nothing before a terminal is said to be there.
Result<void> open_port(usb::Channel& channel, int control, const std::stop_token& stop) {
  constexpr std::uint8_t class_interface_out = 0x21;
  constexpr std::uint8_t set_line_coding = 0x20;
  constexpr std::uint8_t set_control_line_state = 0x22;
  constexpr std::uint16_t terminal_ready_and_carrier = 3;
  ByteWriter coding;
  coding.u32_le(115'200).u8(0).u8(0).u8(8);  // one stop bit, no parity, eight bits
  const auto index = static_cast<std::uint16_t>(control);
  const auto done = channel.control_write(class_interface_out, set_line_coding, 0, index, coding.view(),
                                          request_timeout_ms, stop);
  // A stall says that the port has no rate to set.
  if (!done && done.error().code != "usb.stall") return done;
  // Once it may be a fault, and a scanner without its terminal is mute; twice the port has no such lines.
  constexpr int tries = 2;
  for (int i = 0; i < tries; ++i) {
    const auto state = channel.control_write(class_interface_out, set_control_line_state,
                                             terminal_ready_and_carrier, index, {}, request_timeout_ms, stop);
    if (state || state.error().code != "usb.stall") return state;
  }
  return {};
}

}  // namespace

std::optional<int> cdc_scanner_interface(const usb::DeviceInfo& device) {
  if (!made_by_scanner_maker(device) || control_interface(device) == nullptr) return std::nullopt;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    if (interface.device_class == data_class && bulk_in(interface) != nullptr) return interface.number;
  }
  return std::nullopt;
}

void SerialLines::add(ByteView bytes, const std::function<void(Result<std::string>)>& code) {
  for (const std::uint8_t byte : bytes) {
    if (byte == '\r' || byte == '\n') {
      if (begun()) code(take());
    } else if (line_.size() < code_byte_max) {
      line_.push_back(byte);
    } else {
      too_long_ = true;
    }
  }
}

Result<std::string> SerialLines::take() {
  const Bytes line = std::exchange(line_, {});
  if (std::exchange(too_long_, false)) return bad_code("too long");
  CodeAssembly assembly;
  assembly.add(line);
  return assembly.take_any_text();
}

Error CdcScanner::serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) {
  const usb::InterfaceInfo* control = control_interface(channel.device());
  const usb::EndpointInfo* endpoint = bulk_in(channel.interface());
  if (control == nullptr || endpoint == nullptr)
    return {Remedy::call_staff, "scanner.not_a_scanner", "no serial port"};
  if (auto claimed = channel.claim(control->number); !claimed) return claimed.error();
  if (auto opened = open_port(channel, control->number, stop); !opened) return opened.error();
  if (auto rest = torn_.drop_rest(channel, *endpoint, code_end_ms, stop); !rest) return rest.error();
  desk.ready();
  SerialLines lines;
  int begun_at = desk.listening();
  for (;;) {
    const bool within_code = lines.begun();
    const auto bytes = channel.read(endpoint->address, endpoint->packet_byte_max,
                                    within_code ? code_end_ms : idle_timeout_ms, stop);
    if (!bytes && bytes.error().code == "usb.timeout") {
      if (within_code) desk.tell(lines.take(), begun_at);
      continue;
    }
    if (!bytes) {
      torn_.failed(bytes.error());
      return bytes.error();
    }
    desk.healthy();
    if (!within_code) begun_at = desk.listening();
    lines.add(*bytes, [&](Result<std::string> code) {
      desk.tell(std::move(code), begun_at);
      begun_at = desk.listening();
    });
  }
}

}  // namespace bianmin::scanner
