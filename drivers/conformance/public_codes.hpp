// The codes that results of calls may have: what screens, logs and papers may rely on. Those of states are in
// drivers/device_codes.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/device_codes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::conformance {

// Of a call's end; a device that fails in the middle gives the code of the state that follows.
bool public_result_code(std::string_view code);

// Keeps the first state's code that is not listed, or not for its condition.
class CodeWatch {
 public:
  void see(const DeviceState& state) {
    if (!stray_ && (!is_listed(state) || state.code == unlisted_device_code))
      stray_ = std::string(state.code);
  }
  std::optional<std::string> take() { return std::exchange(stray_, std::nullopt); }

 private:
  std::optional<std::string> stray_;
};

// An error that a call ended with, made one about the suite when its code is not public.
Error checked(const Error& error);

}  // namespace bianmin::conformance
