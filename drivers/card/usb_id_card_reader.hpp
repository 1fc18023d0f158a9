// The IdCardReader over whatever reader of a known family is plugged in.
#pragma once

#include <memory>
#include <vector>

#include "drivers/card/id_card_driver.hpp"
#include "drivers/card/id_card_reader.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::card {

struct IdCardTimings {
  int poll_ms = 300;      // between two looks for a card, while a read waits for one
  int presence_ms = 500;  // between two looks, while only its presence is watched
};

// States: absent, starting, ready, faulted "usb.*" | "reader.*".
// The device's thread looks and reads; personal data goes to the loop with the result and nowhere else.
// Destroying it drops a read under way without calling its `done`.
class UsbIdCardReader : public IdCardReader {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  UsbIdCardReader(usb::Bus& bus, EventLoop& loop, Log* log,
                  std::vector<IdCardDriver> drivers = id_card_drivers(), IdCardTimings timings = {},
                  usb::RecoveryLimits recovery = {});
  ~UsbIdCardReader() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  using IdCardReader::read;
  void read(IdCardRequest request, std::function<void(Result<IdCard>)> done) override;
  void cancel() override;
  void watch_card_seen(std::function<void()> seen) override;
  void watch_presence(std::function<void(CardPresence)> changed) override;
  CardPresence presence() const override;

  // Asks the reader about itself, between reads. `done` runs once, on the loop: with the answer, or with the
  // device's error, or "reader.absent" when there is none that works, or "reader.busy" when a read or another
  // asking is under way.
  void ask_module(std::function<void(Result<IdCardModule>)> done);

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::card
