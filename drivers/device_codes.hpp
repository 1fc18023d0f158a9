// The closed list of codes that a DeviceState can carry. Codes are public: staff look them up, operators
// count them. One is never given another meaning; a new one gets a row here and its sentences in
// ui/strings/devices.*.json.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/device_state.hpp"

namespace bianmin {

struct DeviceCode {
  std::string_view code;
  std::uint8_t conditions = 0;  // bit `1 << condition` for each it can come with

  bool comes_with(DeviceCondition condition) const {
    return (conditions >> static_cast<unsigned>(condition) & 1U) != 0;
  }
};

// What stands for a code that is not in the list, in a program that was not built to abort for it.
inline constexpr std::string_view unlisted_device_code = "device.unlisted";

std::span<const DeviceCode> device_codes();
const DeviceCode* find_device_code(std::string_view code);  // null: not in the list

// True for what a driver may publish: a code of the list, with a condition that it can come with.
bool is_listed(const DeviceState& state);

}  // namespace bianmin
