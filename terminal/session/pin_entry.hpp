// The digits of a PIN while they are entered. They are nowhere else.
#pragma once

#include <cstddef>
#include <utility>

#include "terminal/base/secret.hpp"

namespace bianmin::session {

constexpr std::size_t pin_digit_count_max = 12;

// Thread-bound. Never grows beyond its first memory, so that no copy is left behind; wiped by erase(),
// clear(), take() and its end.
class PinEntry {
 public:
  PinEntry() { digits_.reserve(pin_digit_count_max); }
  ~PinEntry() { clear(); }
  PinEntry(const PinEntry&) = delete;
  PinEntry& operator=(const PinEntry&) = delete;

  // Anything but a digit, and what does not fit, changes nothing.
  void add(char digit) {
    if (digit < '0' || digit > '9' || digits_.size() == pin_digit_count_max) return;
    digits_.push_back(static_cast<std::uint8_t>(digit));
  }
  void erase() {
    if (digits_.empty()) return;
    wipe(&digits_.back(), 1);
    digits_.pop_back();
  }
  void clear() {
    wipe(digits_.data(), digits_.size());
    digits_.clear();
  }
  std::size_t count() const { return digits_.size(); }

  // The digits, in their own memory; this is empty then.
  SecretBytes take() {
    SecretBytes taken = std::move(digits_);
    digits_ = {};
    digits_.reserve(pin_digit_count_max);
    return taken;
  }

 private:
  SecretBytes digits_;
};

}  // namespace bianmin::session
