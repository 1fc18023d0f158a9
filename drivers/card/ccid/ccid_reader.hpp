// Smart card readers of the USB class CCID, and tokens of ICCD, which are reader and card in one.
#pragma once

#include <memory>

#include "drivers/card/ccid/ccid_link.hpp"
#include "drivers/card/ccid/ccid_probe.hpp"
#include "drivers/card/smart_card_reader.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::card {

// States: absent, starting, ready, faulted "usb.*" | "reader.*" ("reader.unsupported": a kind of reader that
// this driver cannot use; the log has the reason). Between jobs no card is powered; presence() is kept up to
// date all the time, by what the reader tells and by looking now and then. Of several slots with a card the
// one that came last is used. Destroying it stops a job under way and does not call its `done`.
class CcidReader : public SmartCardReader {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  CcidReader(usb::Bus& bus, EventLoop& loop, Log* log, CcidTimings timings = {},
             usb::RecoveryLimits recovery = {});
  ~CcidReader() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  CardPresence presence() const override;
  void watch_presence(std::function<void(CardPresence)> changed) override;
  void use(Job job, std::function<void(Result<void>)> done) override;
  void cancel() override;

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::card
