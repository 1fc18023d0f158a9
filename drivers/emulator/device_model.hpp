// A USB device as software: what it says about itself and how it answers. Knows nothing of how it is reached.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::emulator {

struct EndpointSpec {
  std::uint8_t address = 0;
  std::uint8_t attributes = 2;  // 1 isochronous, 2 bulk, 3 interrupt
  std::uint16_t packet_byte_max = 64;
};

struct InterfaceSpec {
  std::uint8_t device_class = 0xFF;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  std::vector<EndpointSpec> endpoints;
  Bytes class_descriptor;     // stands between the interface's and the endpoints' descriptors
  std::string kernel_driver;  // what Linux would bind to it; empty: nothing
};

struct DeviceSpec {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::uint16_t release = 0x0100;
  std::string manufacturer;
  std::string product_name;
  std::string serial;
  std::vector<InterfaceSpec> interfaces;
  Bytes recorded;  // descriptors of a real device, given out instead of those made from the above

  Bytes descriptors() const;  // device and configuration, as sysfs and usbfs give them
};

struct ControlRequest {
  std::uint8_t request_type = 0;
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
  std::uint16_t length = 0;
  Bytes data;  // host to device
};

// Thread-bound to whoever holds the testbed's lock.
class DeviceModel {
 public:
  virtual ~DeviceModel() = default;
  virtual const DeviceSpec& spec() const = 0;
  virtual void power_on() = 0;  // plugged in, or reset: everything volatile is lost
  // How many of the bytes are taken now; the rest is offered again later (the device answers NAK).
  virtual std::size_t take(std::uint8_t endpoint, ByteView bytes) = 0;
  // Asked after take(): true when somebody pulls the plug at this byte.
  virtual bool pulls_plug() { return false; }
  // The next answer on an IN endpoint, up to its short packet; empty: nothing to say yet (NAK).
  virtual std::optional<Bytes> give(std::uint8_t endpoint) = 0;
  // What it sends answers no question: the host goes on asking when some of it is lost, or late.
  virtual bool speaks_unasked() const { return false; }
  // What a read did not take of an answer is forgotten, where other devices keep it for the next read.
  virtual bool forgets_rest() const { return false; }
  // The host chose an alternate setting of an interface.
  virtual void select(unsigned interface, unsigned alternate) { (void)interface, (void)alternate; }
  // Requests to the class or the interface; the standard ones are answered from spec(). Empty: STALL.
  virtual std::optional<Bytes> control(const ControlRequest& request) = 0;
  // Gives an answer another number than its command had, in protocols that number them. Without numbers:
  // nothing.
  virtual void misnumber(Bytes& answer) { (void)answer; }
};

// Answers the standard requests from the specification, all others from the model.
std::optional<Bytes> answer_control(DeviceModel& model, const ControlRequest& request);

}  // namespace bianmin::emulator
