// An event loop, a bus and an emulated one, for tests of drivers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "drivers/emulator/testbed.hpp"
#include "drivers/usb/bus.hpp"
#include "terminal/base/event_loop.hpp"
#include "tests/catch.hpp"

namespace bianmin {

// umockdev allows one testbed per process, and libusb's event thread outlives a context: so one for all
// tests.
inline emulator::Testbed& shared_testbed() {
  static const std::unique_ptr<emulator::Testbed> testbed = [] {
    auto made = emulator::Testbed::create(emulator::Adapter::direct);
    if (!made) std::abort();
    return std::move(made).value();
  }();
  return *testbed;
}

// A device model's place on the shared testbed, unplugged at the end. The model lives as long as the process.
template <typename Model>
class EmulatedDevice {
 public:
  template <typename... Arguments>
  explicit EmulatedDevice(Arguments&&... arguments)
      : model_(*new_model(std::forward<Arguments>(arguments)...)), port_(shared_testbed().add(model_)) {}
  ~EmulatedDevice() {
    shared_testbed().forget_faults(port_);
    unplug();
  }
  EmulatedDevice(const EmulatedDevice&) = delete;
  EmulatedDevice& operator=(const EmulatedDevice&) = delete;

  void plug() { shared_testbed().plug(port_); }
  void unplug() { shared_testbed().unplug(port_); }
  bool plugged() const { return shared_testbed().plugged(port_); }
  void fail_at(int index, emulator::FaultKind fault) { shared_testbed().fail_at(port_, index, fault); }
  // Changes the model when the transfer with this index begins.
  void act_at(int index, std::function<void(Model&)> act) {
    shared_testbed().act_at(port_, index, [&model = model_, act = std::move(act)] { act(model); });
  }
  void forget_faults() { shared_testbed().forget_faults(port_); }
  int effect_count() const { return shared_testbed().effect_count(port_); }
  std::string kernel_driver() const { return shared_testbed().driver_of(port_, 0); }
  int transfer_count() const { return shared_testbed().transfer_count(port_); }
  template <typename Function>
  auto change(Function function) {
    return shared_testbed().change([&] { return function(model_); });
  }

 private:
  template <typename... Arguments>
  static Model* new_model(Arguments&&... arguments) {
    static std::vector<std::unique_ptr<Model>> all;
    all.push_back(std::make_unique<Model>(std::forward<Arguments>(arguments)...));
    return all.back().get();
  }
  Model& model_;
  emulator::Testbed::Port port_;
};

class LoopRig {
 public:
  LoopRig() : loop(clock) {
    shared_testbed();
    auto opened = usb::Bus::open(nullptr);
    REQUIRE(opened.ok());
    bus = std::move(opened).value();
  }

  // Turns the loop until `is_true`; false when that takes longer than any right program does.
  bool until(const std::function<bool()>& is_true) {
    constexpr auto patience = std::chrono::seconds(30);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!is_true()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      loop.run_once(20);
    }
    return true;
  }

  SystemClock clock;
  EventLoop loop;
  std::unique_ptr<usb::Bus> bus;
};

}  // namespace bianmin
