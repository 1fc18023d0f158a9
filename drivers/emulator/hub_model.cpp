#include "drivers/emulator/hub_model.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t port_count = 4;

}  // namespace

HubModel::HubModel(PowerSwitching switching, std::function<void(int, bool)> power)
    : switching_(switching), power_(std::move(power)) {
  spec_.vendor = 0x1209;
  spec_.product = 0x0002;
  spec_.product_name = "Hub";
  InterfaceSpec interface;
  interface.device_class = 9;
  interface.endpoints = {{0x81, 3, 1}};
  interface.kernel_driver = "hub";
  spec_.interfaces = {interface};
}

std::optional<Bytes> HubModel::control(const ControlRequest& request) {
  constexpr std::uint8_t from_hub = 0xA0;
  constexpr std::uint8_t to_port = 0x23;
  constexpr std::uint8_t clear_feature = 1;
  constexpr std::uint8_t set_feature = 3;
  constexpr std::uint8_t get_descriptor = 6;
  constexpr std::uint16_t port_power = 8;
  if (request.request_type == from_hub && request.request == get_descriptor && request.value == 0x2900) {
    const std::uint8_t characteristics = switching_ == PowerSwitching::each_port ? 1 : 0;
    return Bytes{9, 0x29, port_count, characteristics, 0, 50, 100, 0, 0xFF};
  }
  const bool switches = request.request == clear_feature || request.request == set_feature;
  if (request.request_type != to_port || !switches || request.value != port_power || request.index == 0 ||
      request.index > port_count)
    return std::nullopt;
  power_(request.index, request.request == set_feature);
  return Bytes{};
}

}  // namespace bianmin::emulator
