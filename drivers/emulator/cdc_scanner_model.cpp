#include "drivers/emulator/cdc_scanner_model.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t data_in = 0x82;
constexpr std::size_t packet_byte_max = 64;

}  // namespace

CdcScannerModel::CdcScannerModel() {
  spec_.vendor = 0x1EAB;
  spec_.product = 0x0006;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "serial bar code scanner";
  spec_.serial = "EMU0009";
  InterfaceSpec control;
  control.device_class = 2;
  control.subclass = 2;
  control.protocol = 1;
  control.endpoints = {{0x81, 3, 16}};
  // Header 1.10, call management, abstract control with line coding, union of the two interfaces.
  control.class_descriptor = {5, 0x24, 0, 0x10, 1, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1};
  control.kernel_driver = "cdc_acm";
  InterfaceSpec data;
  data.device_class = 10;
  data.endpoints = {{data_in, 2, packet_byte_max}, {0x03, 2, packet_byte_max}};
  data.kernel_driver = "cdc_acm";
  spec_.interfaces = {control, data};
}

void CdcScannerModel::power_on() {
  packets_.clear();
  terminal_ready_ = false;
}

std::size_t CdcScannerModel::take(std::uint8_t, ByteView bytes) { return bytes.size(); }

std::optional<Bytes> CdcScannerModel::give(std::uint8_t endpoint) {
  if (endpoint != data_in || packets_.empty()) return std::nullopt;
  Bytes next = std::move(packets_.front());
  packets_.pop_front();
  return next;
}

std::optional<Bytes> CdcScannerModel::control(const ControlRequest& request) {
  constexpr std::uint8_t set_line_coding = 0x20;
  constexpr std::uint8_t set_control_line_state = 0x22;
  constexpr std::uint16_t terminal_ready = 1;
  if (request.request_type != 0x21 || request.index != 0) return std::nullopt;
  if (request.request == set_line_coding && request.data.size() == 7) {
    line_coding_ = request.data;
    return Bytes();
  }
  if (request.request == set_control_line_state) {
    terminal_ready_ = (request.value & terminal_ready) != 0;
    return Bytes();
  }
  return std::nullopt;
}

void CdcScannerModel::scan(std::string_view code, std::string_view end) {
  if (!terminal_ready_) return;
  const std::string all = std::string(code) + std::string(end);
  for (std::size_t at = 0; at < all.size(); at += packet_byte_max)
    packets_.push_back(bytes_of(std::string_view(all).substr(at, packet_byte_max)));
  // A full packet could go on: an empty one says that it does not.
  if (!all.empty() && all.size() % packet_byte_max == 0) packets_.emplace_back();
}

}  // namespace bianmin::emulator
