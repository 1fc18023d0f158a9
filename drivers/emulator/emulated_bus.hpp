// Sockets for emulated devices, whichever way programs reach them.
#pragma once

#include <functional>
#include <string_view>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/fault.hpp"

namespace bianmin::emulator {

// Thread-safe. Implementations: Testbed (umockdev: programs on this machine), RedirServer (usb-redir: the
// guest of a virtual machine). The same model and the same script of faults behave the same way on each.
class EmulatedBus {
 public:
  using Port = int;

  virtual ~EmulatedBus() = default;

  // A socket with this device beside it; `model` must outlive the bus.
  virtual Port add(DeviceModel& model, std::string_view name) = 0;
  virtual void plug(Port port) = 0;    // plugged already: nothing happens
  virtual void unplug(Port port) = 0;  // likewise
  virtual bool plugged(Port port) const = 0;

  // A program was killed. The kernel would close its files; an adapter that does not notice it is told.
  virtual void all_programs_died() = 0;

  // Goes wrong at the transfer with this index; see FaultScript.
  virtual void fail_at(Port port, int transfer_index, FaultKind fault) = 0;
  // Runs `act` when the transfer with this index begins: a card is pulled. It may only change the model.
  virtual void act_at(Port port, int transfer_index, std::function<void()> act) = 0;
  virtual void forget_faults(Port port) = 0;      // and acts
  virtual int effect_count(Port port) const = 0;  // how many faults changed something, since the bus exists
  virtual int transfer_count(Port port) const = 0;

  // Runs `function` while no transfer is being answered, then lets waiting transfers go on.
  template <typename Function>
  auto change(Function function) {
    const Change change(*this);
    return function();
  }

 private:
  virtual void begin_change() = 0;
  virtual void end_change() = 0;

  class Change {
   public:
    explicit Change(EmulatedBus& bus) : bus_(bus) { bus_.begin_change(); }
    ~Change() { bus_.end_change(); }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    EmulatedBus& bus_;
  };
};

}  // namespace bianmin::emulator
