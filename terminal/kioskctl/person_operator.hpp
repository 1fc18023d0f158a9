// Asks the person at the shell to do what a step of a conformance suite needs.
#pragma once

#include <cstdio>
#include <string>

#include "drivers/conformance/operator.hpp"
#include "terminal/base/event_loop.hpp"

namespace bianmin::kioskctl {

// Asks on `to`, and reads lines from `input_fd` while the loop turns. The end of the input, or an "s", skips
// the step. Neither is owned.
class PersonOperator : public conformance::Operator {
 public:
  PersonOperator(EventLoop& loop, std::FILE* to, int input_fd) : loop_(loop), to_(to), input_fd_(input_fd) {}

  Result<void> act(conformance::Act act) override;
  Result<std::string> show_code(const std::string& text) override;
  Result<int> count_slips() override;
  Result<bool> sees_light(std::string_view place) override;

 private:
  Result<std::string> ask(std::string_view what);
  Result<std::string> next_line();

  EventLoop& loop_;
  std::FILE* to_;
  int input_fd_;
  std::string read_;
  bool ended_ = false;
  int slips_ = 0;
};

}  // namespace bianmin::kioskctl
