#include "drivers/emulator/lamp_array_model.hpp"

#include "drivers/emulator/hid_wire.hpp"

#include <algorithm>

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t attributes_report = 1;
constexpr std::uint8_t lamp_request_report = 2;
constexpr std::uint8_t lamp_response_report = 3;
constexpr std::uint8_t multi_update_report = 4;
constexpr std::uint8_t range_update_report = 5;
constexpr std::uint8_t control_report = 6;
constexpr std::size_t multi_lamp_count = 8;

constexpr std::uint8_t constant = 0x03;
constexpr std::uint8_t data = 0x02;

class Descriptor {
 public:
  Descriptor() { out_.bytes(Bytes{0x05, 0x59, 0x09, 0x01, 0xA1, 0x01}); }
  Descriptor& report(std::uint8_t id, std::uint8_t usage) {
    out_.bytes(Bytes{0x85, id, 0x09, usage, 0xA1, 0x02});
    return *this;
  }
  Descriptor& values(const Bytes& usages, std::uint8_t bits, std::uint8_t count, std::uint8_t flags) {
    for (const std::uint8_t usage : usages) out_.u8(0x09).u8(usage);
    out_.u8(0x15).u8(0);
    if (bits == 8) out_.bytes(Bytes{0x26, 0xFF, 0x00});
    if (bits == 16) out_.bytes(Bytes{0x27, 0xFF, 0xFF, 0x00, 0x00});
    if (bits == 32) out_.bytes(Bytes{0x27, 0xFF, 0xFF, 0xFF, 0x7F});
    out_.u8(0x75).u8(bits).u8(0x95).u8(count).u8(0xB1).u8(flags);
    return *this;
  }
  Descriptor& end() {
    out_.u8(0xC0);
    return *this;
  }
  Bytes take() { return out_.u8(0xC0).take(); }

 private:
  ByteWriter out_;
};

Bytes lamp_array() {
  Bytes channels;
  for (std::size_t i = 0; i < multi_lamp_count; ++i) append(channels, Bytes{0x51, 0x52, 0x53, 0x54});
  return Descriptor()
      .report(attributes_report, 0x02)
      .values({0x03}, 16, 1, constant)
      .values({0x04, 0x05, 0x06, 0x07, 0x08}, 32, 5, constant)
      .end()
      .report(lamp_request_report, 0x20)
      .values({0x21}, 16, 1, data)
      .end()
      .report(lamp_response_report, 0x22)
      .values({0x21}, 16, 1, data)
      .values({0x23, 0x24, 0x25, 0x27, 0x26}, 32, 5, data)
      .values({0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D}, 8, 6, data)
      .end()
      .report(multi_update_report, 0x50)
      .values({0x03, 0x55}, 8, 2, data)
      .values({0x21}, 16, multi_lamp_count, data)
      .values(channels, 8, multi_lamp_count * 4, data)
      .end()
      .report(range_update_report, 0x60)
      .values({0x55}, 8, 1, data)
      .values({0x61, 0x62}, 16, 2, data)
      .values({0x51, 0x52, 0x53, 0x54}, 8, 4, data)
      .end()
      .report(control_report, 0x70)
      .values({0x71}, 8, 1, data)
      .end()
      .take();
}

}  // namespace

LampArrayModel::LampArrayModel() : report_descriptor_(lamp_array()) {
  spec_.vendor = vendor;
  spec_.product = product;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "Guide lights";
  spec_.serial = "EMU0006";
  InterfaceSpec interface = hid_interface(report_descriptor_, 0x81, 8);
  spec_.interfaces = {interface};
}

void LampArrayModel::power_on() {
  autonomous_ = true;
  lamps_ = {};
}

std::optional<Bytes> LampArrayModel::control(const ControlRequest& request) {
  constexpr std::uint8_t get_report = 1;
  constexpr std::uint8_t set_report = 9;
  constexpr std::uint8_t set_idle = 10;
  constexpr std::uint16_t feature = 3;
  if (asks_report_descriptor(request)) return report_descriptor_;
  if (request.request_type == 0x21 && request.request == set_idle) return Bytes();
  if (request.value >> 8U != feature) return std::nullopt;
  const auto id = static_cast<std::uint8_t>(request.value & 0xFFU);
  if (request.request_type == 0xA1 && request.request == get_report) return report(id);
  if (request.request_type == 0x21 && request.request == set_report && take_report(id, request.data))
    return Bytes();
  return std::nullopt;
}

std::optional<Bytes> LampArrayModel::report(std::uint8_t report_id) const {
  ByteWriter out;
  out.u8(report_id);
  if (report_id == attributes_report) {
    constexpr std::uint32_t chassis = 7;
    return out.u16_le(lamp_count)
        .u32_le(400'000)
        .u32_le(900'000)
        .u32_le(0)
        .u32_le(chassis)
        .u32_le(10'000)
        .take();
  }
  if (report_id != lamp_response_report) return std::nullopt;
  constexpr std::uint32_t status = 8;
  out.u16_le(asked_lamp_)
      .u32_le(100'000)
      .u32_le(150'000U * asked_lamp_)
      .u32_le(0)
      .u32_le(4'000)
      .u32_le(status);
  return out.bytes(Bytes{255, 255, 255, 255, 1, 0}).take();
}

bool LampArrayModel::take_report(std::uint8_t report_id, ByteView report) {
  ByteReader reader(report);
  if (reader.u8() != report_id) return false;
  if (report_id == control_report) {
    autonomous_ = reader.u8() != 0;
    if (autonomous_) lamps_ = {};
    return reader.at_end();
  }
  if (report_id == lamp_request_report) {
    asked_lamp_ = reader.u16_le();
    return reader.at_end() && asked_lamp_ < lamp_count;
  }
  const ByteView body = reader.rest();
  if (report_id == range_update_report) return take_range(body);
  return report_id == multi_update_report && take_several(body);
}

// What is wrong in an update is dropped without a word, as is all in autonomous mode.
bool LampArrayModel::take_range(ByteView body) {
  ByteReader reader(body);
  reader.skip(1);
  const unsigned start = reader.u16_le();
  const unsigned end = reader.u16_le();
  const ByteView channels = reader.take(4);
  if (!reader.at_end()) return false;
  if (autonomous_ || start > end || end >= lamp_count) return true;
  for (unsigned lamp = start; lamp <= end; ++lamp)
    std::copy(channels.begin(), channels.end(), lamps_[lamp].channels.begin());
  ++update_count_;
  return true;
}

bool LampArrayModel::take_several(ByteView body) {
  ByteReader reader(body);
  const std::size_t count = reader.u8();
  reader.skip(1);
  ByteReader numbers(reader.take(2 * multi_lamp_count));
  if (reader.left() != 4 * multi_lamp_count || count > multi_lamp_count) return false;
  for (std::size_t i = 0; i < count && !autonomous_; ++i) {
    const unsigned lamp = numbers.u16_le();
    const ByteView channels = reader.take(4);
    if (lamp < lamp_count) std::copy(channels.begin(), channels.end(), lamps_[lamp].channels.begin());
  }
  ++update_count_;
  return true;
}

bool LampArrayModel::lit(int lamp) const {
  const auto& channels = lamps_.at(static_cast<std::size_t>(lamp)).channels;
  return channels[3] != 0 && (channels[0] | channels[1] | channels[2]) != 0;
}

void LampArrayModel::lose_lamps() {
  report_descriptor_ = {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x01, 0x15, 0x00,
                        0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x08, 0x81, 0x02, 0xC0};
}

}  // namespace bianmin::emulator
