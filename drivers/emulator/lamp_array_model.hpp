// A HID lamp array as a device model. Source: HID Usage Tables 1.5, chapter 26, with its example descriptor's
// reports.
#pragma once

#include <array>
#include <string>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class LampArrayModel : public DeviceModel {
 public:
  static constexpr std::uint16_t vendor = 0x1209;  // for tests (pid.codes)
  static constexpr std::uint16_t product = 0x0006;
  static constexpr int lamp_count = 6;

  LampArrayModel();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t, ByteView bytes) override { return bytes.size(); }
  std::optional<Bytes> give(std::uint8_t) override { return std::nullopt; }
  std::optional<Bytes> control(const ControlRequest& request) override;

  bool autonomous() const { return autonomous_; }
  bool lit(int lamp) const;
  int update_count() const { return update_count_; }
  void lose_lamps();  // its report descriptor has no array any more

 private:
  struct Lamp {
    std::array<std::uint8_t, 4> channels = {};  // red, green, blue, intensity
  };
  std::optional<Bytes> report(std::uint8_t report_id) const;
  bool take_report(std::uint8_t report_id, ByteView report);
  bool take_range(ByteView body);
  bool take_several(ByteView body);

  DeviceSpec spec_;
  Bytes report_descriptor_;
  std::array<Lamp, lamp_count> lamps_;
  bool autonomous_ = true;
  std::uint16_t asked_lamp_ = 0;
  int update_count_ = 0;
};

}  // namespace bianmin::emulator
