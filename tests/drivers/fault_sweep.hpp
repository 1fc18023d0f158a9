// Every fault at every transfer of a driver's whole conversation with its device: each ends in a state that
// the interface has, within the driver's own limits, and the driver is well again by itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drivers/device_state.hpp"
#include "drivers/emulator/fault.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

// One driver with its emulated device. An operation is what the driver is there for: a card read, a slip
// printed, a code told. The device is unplugged when a sweep begins and ends.
class SweepSubject {
 public:
  virtual ~SweepSubject() = default;

  virtual std::string name() const = 0;
  virtual LoopRig& rig() = 0;
  virtual DeviceState state() const = 0;

  virtual void plug() = 0;
  virtual void unplug() = 0;
  virtual bool plugged() const = 0;
  virtual int transfer_count() const = 0;
  virtual int effect_count() const = 0;
  virtual void fail_at(int index, emulator::FaultKind kind) = 0;
  virtual void forget_faults() = 0;

  // A person does this at a transfer: pulls the card, opens the cover. mend() makes all good again.
  struct Spoiling {
    std::string name;
    std::function<void(int index)> at;
  };
  virtual std::vector<Spoiling> spoilings() { return {}; }
  virtual void mend() {}

  virtual void begin() = 0;
  virtual void go_on() {}  // called again and again until it has ended: a person who tries again
  virtual std::optional<std::string> ended() = 0;  // "ok", or the code that it ended with
  virtual void call_off() {}
  // Whether this is an ending that the interface has, and the truth; looked at once for each operation.
  // `damaged`: what the device received was not what was sent.
  virtual bool honest(const std::string& ending, bool damaged) = 0;

  // Within so long an operation ends although something goes wrong once, from plugging in: from the driver's
  // own time limits.
  virtual std::int64_t limit_ms() const = 0;
};

template <typename Model>
class EmulatedSubject : public SweepSubject {
 public:
  template <typename... Arguments>
  explicit EmulatedSubject(Arguments&&... arguments) : device_(std::forward<Arguments>(arguments)...) {}

  LoopRig& rig() override { return rig_; }
  void plug() override { device_.plug(); }
  void unplug() override { device_.unplug(); }
  bool plugged() const override { return device_.plugged(); }
  int transfer_count() const override { return device_.transfer_count(); }
  int effect_count() const override { return device_.effect_count(); }
  void fail_at(int index, emulator::FaultKind kind) override { device_.fail_at(index, kind); }
  void forget_faults() override { device_.forget_faults(); }

 protected:
  Spoiling spoiling(std::string name, std::function<void(Model&)> change) {
    return {std::move(name), [this, change](int index) { device_.act_at(index, change); }};
  }

  EmulatedDevice<Model> device_;
  LoopRig rig_;
};

// Sweeps all of it, or with BIANMIN_SWEEP=quick (as without) an even part, and prints the counts. Fails the
// test for each case that did not end well, and for a count of effects below `effect_count_min` when all is
// swept.
void sweep(SweepSubject& subject, int effect_count_min);

}  // namespace bianmin
