// An operator whose hands are functions of a test.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drivers/conformance/operator.hpp"

namespace bianmin {

// What has no function is skipped.
class PlayedOperator : public conformance::Operator {
 public:
  Result<void> act(conformance::Act act) override {
    asked.push_back(act);
    const auto found = acts.find(act);
    if (found == acts.end()) return skipped();
    found->second();
    return {};
  }
  Result<std::string> show_code(const std::string& text) override {
    if (!show) return skipped();
    show(text);
    return text;
  }
  Result<int> count_slips() override {
    if (!slips) return skipped();
    return slips();
  }

  Result<bool> sees_light(std::string_view place) override {
    if (!light) return skipped();
    return light(place);
  }

  std::map<conformance::Act, std::function<void()>> acts;
  std::function<void(const std::string&)> show;
  std::function<int()> slips;
  std::function<bool(std::string_view)> light;
  std::vector<conformance::Act> asked;

 private:
  static Error skipped() { return {Remedy::refuse, "conformance.skipped", "not played"}; }
};

}  // namespace bianmin
