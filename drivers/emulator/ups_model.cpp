#include "drivers/emulator/ups_model.hpp"

#include "drivers/emulator/hid_wire.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t status_report = 7;
constexpr std::uint8_t charge_report = 12;
constexpr std::uint8_t mode_report = 22;
constexpr std::uint8_t shutdown_report = 21;
constexpr std::uint8_t startup_report = 24;

// HID Power Devices 1.0: a UPS with a power summary; each value as a feature, what changes as an input too.
Bytes make_report_descriptor() {
  return {0x05, 0x84,
          0x09, 0x04,
          0xA1, 0x01,  // power device, UPS
          0x09, 0x24,
          0xA1, 0x00,  // power summary
          0x85, status_report,
          0x09, 0x02,
          0xA1, 0x00,  // present status
          0x15, 0x00,
          0x25, 0x01,
          0x75, 0x01,
          0x95, 0x08,  // eight bits
          0x05, 0x85,
          0x09, 0x44,
          0x09, 0x45,
          0x09, 0xD0,
          0x09, 0x42,
          0x09, 0x4B,
          0x09, 0x43,  // battery system
          0x05, 0x84,
          0x09, 0x65,
          0x09, 0x69,
          0x81, 0xA2,  // as an input
          0x05, 0x85,
          0x09, 0x44,
          0x09, 0x45,
          0x09, 0xD0,
          0x09, 0x42,
          0x09, 0x4B,
          0x09, 0x43,
          0x05, 0x84,
          0x09, 0x65,
          0x09, 0x69,
          0xB1, 0xA2,
          0xC0,  // as a feature
          0x85, charge_report,
          0x05, 0x85,
          0x25, 0x64,
          0x75, 0x08,
          0x95, 0x01,
          0x09, 0x66,
          0xB1, 0xA3,  // remaining capacity, read only
          0x27, 0xFF,
          0xFF, 0x00,
          0x00, 0x75,
          0x10, 0x09,
          0x68, 0xB1,
          0xA3,  // run time to empty
          0x85, mode_report,
          0x75, 0x08,
          0x25, 0x02,
          0x09, 0x2C,
          0xB1, 0x23,  // capacity mode
          0x85, shutdown_report,
          0x05, 0x84,
          0x16, 0x00,
          0x80, 0x26,
          0xFF, 0x7F,
          0x75, 0x10,
          0x09, 0x57,
          0xB1, 0xA2,  // delay before shutdown
          0x85, startup_report,
          0x09, 0x56,
          0xB1, 0xA2,  // delay before startup
          0xC0, 0xC0};
}

}  // namespace

UpsModel::UpsModel() : report_descriptor_(make_report_descriptor()) {
  spec_.vendor = 0x051D;
  spec_.product = 0x0002;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "HID power device";
  spec_.serial = "EMU0008";
  InterfaceSpec interface = hid_interface(report_descriptor_, 0x81, 8);
  spec_.interfaces = {interface};
}

std::size_t UpsModel::take(std::uint8_t, ByteView bytes) { return bytes.size(); }

std::optional<Bytes> UpsModel::give(std::uint8_t) {
  if (told_.empty()) return std::nullopt;
  Bytes next = std::move(told_.front());
  told_.pop_front();
  return next;
}

Bytes UpsModel::present_status() const {
  const bool mains = mains_ != lies_;
  const bool low = charge_percent_ <= 10;
  unsigned bits = 0;
  if (mains && charge_percent_ < 100) bits |= 1U << 0U;  // charging
  if (!mains) bits |= 1U << 1U;                          // discharging
  if (mains) bits |= 1U << 2U;                           // mains is there
  if (low) bits |= 1U << 3U;
  if (replace_) bits |= 1U << 4U;
  if (run_time_s_ <= 60) bits |= 1U << 5U;
  if (overload_) bits |= 1U << 6U;
  if (!mains && charge_percent_ <= 2) bits |= 1U << 7U;  // shutdown is imminent
  return {status_report, static_cast<std::uint8_t>(bits)};
}

std::optional<Bytes> UpsModel::report(std::uint8_t report_id) {
  if (report_id == refused_) return std::nullopt;
  ByteWriter out;
  out.u8(report_id);
  switch (report_id) {
    case status_report: {
      const Bytes status = present_status();
      lies_ = false;
      return status;
    }
    case charge_report:
      out.u8(static_cast<std::uint8_t>(charge_percent_)).u16_le(static_cast<std::uint16_t>(run_time_s_));
      return out.take();
    case mode_report:
      out.u8(2);  // percent
      return out.take();
    case shutdown_report:
      out.u16_le(static_cast<std::uint16_t>(shutdown_delay_s_));
      return out.take();
    case startup_report:
      out.u16_le(static_cast<std::uint16_t>(startup_delay_s_));
      return out.take();
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> UpsModel::control(const ControlRequest& request) {
  constexpr std::uint8_t get_report = 1;
  constexpr std::uint8_t set_report = 9;
  const auto report_id = static_cast<std::uint8_t>(request.value & 0xFFU);
  if (asks_report_descriptor(request)) {
    return report_descriptor_;
  }
  if (request.request_type == 0xA1 && request.request == get_report) return report(report_id);
  if (request.request_type != 0x21 || request.request != set_report || stuck_) return std::nullopt;
  ByteReader reader(request.data);
  reader.skip(1);
  const int seconds = static_cast<std::int16_t>(reader.u16_le());
  if (reader.failed()) return std::nullopt;
  if (report_id == shutdown_report) shutdown_delay_s_ = seconds;
  if (report_id == startup_report) startup_delay_s_ = seconds;
  const bool settable = report_id == shutdown_report || report_id == startup_report;
  return settable ? std::optional(Bytes{}) : std::nullopt;
}

void UpsModel::tell() {
  if (talks_) told_.push_back(present_status());
}

void UpsModel::set_mains(bool there) {
  mains_ = there;
  tell();
}

void UpsModel::set_charge(int percent, int run_time_s) {
  charge_percent_ = percent;
  run_time_s_ = run_time_s;
  tell();
}

void UpsModel::set_replace_battery(bool needed) {
  replace_ = needed;
  tell();
}

void UpsModel::set_overload(bool overloaded) {
  overload_ = overloaded;
  tell();
}

}  // namespace bianmin::emulator
