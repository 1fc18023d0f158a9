// The codes that states and results of devices may have: what screens, logs and papers may rely on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/device_state.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::conformance {

bool public_state_code(std::string_view code);
bool public_result_code(std::string_view code);

// Keeps the first state's code that is not public.
class CodeWatch {
 public:
  void see(const DeviceState& state) {
    if (!stray_ && !public_state_code(state.code)) stray_ = std::string(state.code);
  }
  std::optional<std::string> take() { return std::exchange(stray_, std::nullopt); }

 private:
  std::optional<std::string> stray_;
};

// An error that a call ended with, made one about the suite when its code is not public.
Error checked(const Error& error);

}  // namespace bianmin::conformance
