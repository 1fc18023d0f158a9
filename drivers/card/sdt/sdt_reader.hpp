// The reader of resident identity cards with an SDT / SAM_V security module on USB (GA 450, GA/T 467).
#pragma once

#include <memory>
#include <optional>

#include "drivers/card/id_card_reader.hpp"
#include "drivers/usb/bus.hpp"
#include "drivers/usb/device_loop.hpp"

namespace bianmin::card {

// What this driver would take: the number of the interface. Pure; for listings.
std::optional<int> sdt_reader_interface(const usb::DeviceInfo& device);

// Waits seen to be right in the field.
struct SdtTimings {
  int probe_timeout_ms = 1'000;
  int find_timeout_ms = 2'000;
  int select_timeout_ms = 2'000;
  int read_timeout_ms = 3'000;
  int poll_ms = 300;    // between two looks for a card, and only while somebody waits for one
  int quiet_ms = 5;     // nothing more to come when nothing came for so long
  int settle_ms = 200;  // a bare module needs it before its first command
};

// States: absent, starting, ready, faulted "usb.*" | "reader.*".
// The device's thread finds, selects and reads; personal data goes to the loop with the result and nowhere
// else. Destroying it drops a read under way without calling its `done`.
class SdtReader : public IdCardReader {
 public:
  // `bus`, `loop` and `log` (may be null) must outlive it.
  SdtReader(usb::Bus& bus, EventLoop& loop, Log* log, SdtTimings timings = {},
            usb::RecoveryLimits recovery = {});
  ~SdtReader() override;

  DeviceState state() const override;
  void watch(std::function<void(DeviceState)> changed) override;
  using IdCardReader::read;
  void read(IdCardRequest request, std::function<void(Result<IdCard>)> done) override;
  void cancel() override;
  void watch_card_seen(std::function<void()> seen) override;
  void watch_presence(std::function<void(CardPresence)>) override {}
  CardPresence presence() const override { return CardPresence::unknown; }

 private:
  class Device;
  std::unique_ptr<Device> device_;
};

}  // namespace bianmin::card
