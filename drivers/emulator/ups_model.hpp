// An uninterruptible power supply of the HID power device class as a device model.
#pragma once

#include <deque>
#include <optional>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

class UpsModel : public DeviceModel {
 public:
  UpsModel();
  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override { told_.clear(); }
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void set_mains(bool there);
  void set_charge(int percent, int run_time_s);
  void set_replace_battery(bool needed);
  void set_overload(bool overloaded);
  void set_talks(bool talks) { talks_ = talks; }  // false: changes are not told on the interrupt endpoint
  void set_refuses(std::uint8_t report_id) { refused_ = report_id; }  // this one answers with STALL
  void set_stuck(bool stuck) { stuck_ = stuck; }                      // its delays cannot be set
  void lie_once() { lies_ = true; }  // the next answer says the opposite of mains

  bool mains() const { return mains_; }
  // What it was told: seconds until its output goes off, and after mains is back until it goes on; -1:
  // nothing.
  int shutdown_delay_s() const { return shutdown_delay_s_; }
  int startup_delay_s() const { return startup_delay_s_; }

 private:
  Bytes present_status() const;
  std::optional<Bytes> report(std::uint8_t report_id);
  void tell();

  DeviceSpec spec_;
  Bytes report_descriptor_;
  std::deque<Bytes> told_;
  bool mains_ = true;
  bool replace_ = false;
  bool overload_ = false;
  bool talks_ = true;
  bool stuck_ = false;
  bool lies_ = false;
  int charge_percent_ = 100;
  int run_time_s_ = 3'600;
  int shutdown_delay_s_ = -1;
  int startup_delay_s_ = -1;
  std::optional<std::uint8_t> refused_;
};

}  // namespace bianmin::emulator
