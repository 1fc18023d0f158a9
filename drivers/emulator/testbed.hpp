// A USB bus of emulated devices: sysfs, uevents and usbfs nodes through umockdev, answered by device models.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/fault.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::emulator {

// How ioctls reach the models.
enum class Adapter {
  direct,  // the program itself contains direct_ioctl.cpp: some ten microseconds per transfer
  socket,  // umockdev's ioctl socket: any program started with umockdev's preload library
};

// Thread-safe. At most one per process: umockdev keeps it in the environment (UMOCKDEV_DIR).
class Testbed {
 public:
  using Port = int;

  // Errors "emulator.no_testbed".
  static Result<std::unique_ptr<Testbed>> create(Adapter adapter);
  ~Testbed();
  Testbed(const Testbed&) = delete;
  Testbed& operator=(const Testbed&) = delete;

  Port add(DeviceModel& model);  // a socket with this device beside it; `model` must outlive the testbed
  // The same behind a port of a hub, which is plugged first and stays until this is unplugged.
  Port add_behind(Port hub, int hub_port, DeviceModel& model);
  // For the model of a hub, while it answers a transfer: the device loses its power at once, or gets it soon.
  void power(Port port, bool on);
  void plug(Port port);    // plugged already: nothing happens
  void unplug(Port port);  // likewise
  bool plugged(Port port) const;

  // A program was killed. The kernel would close its files; umockdev does not notice a program that dies
  // while one of its calls is being answered, so whoever kills says it.
  void all_programs_died();

  // Goes wrong at the transfer with this index; see FaultScript.
  void fail_at(Port port, int transfer_index, FaultKind fault);
  // Runs `act` when the transfer with this index begins: a card is pulled. It may only change the model.
  void act_at(Port port, int transfer_index, std::function<void()> act);
  void forget_faults(Port port);      // and acts
  int effect_count(Port port) const;  // how many faults changed something, since the testbed exists
  int transfer_count(Port port) const;
  std::string driver_of(Port port, unsigned interface) const;  // as the kernel has it; "usbfs": a program

  // Runs `change` while no transfer is being answered, then lets waiting transfers go on.
  template <typename Function>
  auto change(Function function) {
    const Pumping pumping(*this);
    return function();
  }

  const std::string& root_folder() const { return root_folder_; }

  // For the adapters. False: not a descriptor of ours.
  bool direct_ioctl(int fd, unsigned long request, void* argument, long* result);

  struct Native;

 private:
  explicit Testbed(Adapter adapter);
  class Pumping {  // holds the lock; pumps all devices before it gives it back
   public:
    explicit Pumping(Testbed& testbed);
    ~Pumping();

   private:
    Testbed& testbed_;
  };

  mutable std::mutex mutex_;
  std::string root_folder_;
  std::unique_ptr<Native> native_;
};

}  // namespace bianmin::emulator
