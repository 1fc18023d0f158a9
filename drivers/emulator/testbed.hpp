// A USB bus of emulated devices: sysfs, uevents and usbfs nodes through umockdev, answered by device models.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "drivers/emulator/emulated_bus.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::emulator {

// How ioctls reach the models.
enum class Adapter {
  direct,  // the program itself contains direct_ioctl.cpp: some ten microseconds per transfer
  socket,  // umockdev's ioctl socket: any program started with umockdev's preload library
};

// Thread-safe. At most one per process: umockdev keeps it in the environment (UMOCKDEV_DIR).
class Testbed : public EmulatedBus {
 public:
  // Errors "emulator.no_testbed".
  static Result<std::unique_ptr<Testbed>> create(Adapter adapter);
  ~Testbed() override;
  Testbed(const Testbed&) = delete;
  Testbed& operator=(const Testbed&) = delete;

  Port add(DeviceModel& model);
  Port add(DeviceModel& model, std::string_view) override { return add(model); }  // sockets have numbers here
  // The same behind a port of a hub, which is plugged first and stays until this is unplugged.
  Port add_behind(Port hub, int hub_port, DeviceModel& model);
  // For the model of a hub, while it answers a transfer: the device loses its power at once, or gets it soon.
  void power(Port port, bool on);
  void plug(Port port) override;
  void unplug(Port port) override;
  bool plugged(Port port) const override;
  // umockdev does not notice a program that dies while one of its calls is being answered.
  void all_programs_died() override;
  void fail_at(Port port, int transfer_index, FaultKind fault) override;
  void act_at(Port port, int transfer_index, std::function<void()> act) override;
  void forget_faults(Port port) override;
  int effect_count(Port port) const override;
  int transfer_count(Port port) const override;
  std::string driver_of(Port port, unsigned interface) const;  // as the kernel has it; "usbfs": a program

  const std::string& root_folder() const { return root_folder_; }

  // For the adapters. False: not a descriptor of ours.
  bool direct_ioctl(int fd, unsigned long request, void* argument, long* result);

  struct Native;

 private:
  explicit Testbed(Adapter adapter);
  void begin_change() override;
  void end_change() override;  // pumps all devices

  mutable std::mutex mutex_;
  std::string root_folder_;
  std::unique_ptr<Native> native_;
};

}  // namespace bianmin::emulator
