#include "drivers/emulator/scanner_model.hpp"

#include "drivers/emulator/hid_wire.hpp"

#include <algorithm>

namespace bianmin::emulator {

namespace {

constexpr std::size_t report_data_byte_count = 56;
constexpr std::uint8_t report_id = 2;

// Length, three characters of the AIM identifier, 56 bytes of data, two reserved, one bit "more follows".
Bytes make_report_descriptor() {
  return {0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01,                   // usage page bar code scanner, application
          0x09, 0x12, 0xA1, 0x02, 0x85, report_id,              // scanned data report
          0x15, 0x00, 0x26, 0xFF, 0x00, 0x75,      0x08,        // bytes
          0x95, 0x01, 0x05, 0x01, 0x09, 0x3B,      0x81, 0x02,  // byte count
          0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB,      0x09, 0xFC, 0x09, 0xFD,
          0x81, 0x02,                                                       // symbology identifier 1 to 3
          0x95, 0x38, 0x09, 0xFE, 0x82, 0x02,      0x01,                    // decoded data
          0x95, 0x02, 0x81, 0x03,                                           // reserved
          0x75, 0x01, 0x95, 0x01, 0x25, 0x01,      0x09, 0xFF, 0x81, 0x02,  // decode data continued
          0x95, 0x07, 0x81, 0x03, 0xC0, 0xC0};
}

}  // namespace

ScannerModel::ScannerModel() : report_descriptor_(make_report_descriptor()) {
  spec_.vendor = 0x1EAB;
  spec_.product = 0x0010;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "HID POS bar code scanner";
  spec_.serial = "EMU0003";
  InterfaceSpec interface = hid_interface(report_descriptor_, 0x84, 64);
  spec_.interfaces = {interface};
}

std::size_t ScannerModel::take(std::uint8_t, ByteView bytes) { return bytes.size(); }

std::optional<Bytes> ScannerModel::give(std::uint8_t) {
  if (reports_.empty()) return std::nullopt;
  Bytes next = std::move(reports_.front());
  reports_.pop_front();
  return next;
}

std::optional<Bytes> ScannerModel::control(const ControlRequest& request) {
  if (asks_report_descriptor(request)) {
    return report_descriptor_;
  }
  return std::nullopt;
}

void ScannerModel::scan(std::string_view code) {
  do {
    const std::string_view part = code.substr(0, report_data_byte_count);
    code.remove_prefix(part.size());
    Bytes report = {report_id, static_cast<std::uint8_t>(part.size()), ']', 'Q', '1'};
    append(report, view_of(part));
    report.resize(64);
    report[63] = code.empty() ? 0 : 1;
    reports_.push_back(std::move(report));
  } while (!code.empty());
}

}  // namespace bianmin::emulator
