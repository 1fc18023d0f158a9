// The PIN of an electronic ID: entered here, or at the reader's own keys.
#pragma once

#include <functional>
#include <string>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

enum class PinUse { sign_in, sign };  // an electronic ID has a PIN for each

constexpr int pin_tries_all = 3;  // with less than these the page tells how many are left

struct PinView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  PinUse use = PinUse::sign_in;
  std::size_t digit_count = 0;  // entered so far: all that a page ever knows of a PIN
  std::size_t digit_count_min = 4;
  std::size_t digit_count_max = 12;
  int tries_left = pin_tries_all;
  std::string problem_text = {};  // what became of the last one; empty: nothing yet
};

struct PinIntent {
  enum class Kind { digit, erase, clear, done, cancel };
  Kind kind = Kind::digit;
  char digit = 0;  // '0'..'9', of the one key that was pressed
};

// The keys say their names in the headset only.
NodePtr pin_page(const PinView& view, const PageContext& context,
                 const std::function<void(PinIntent)>& intent);

struct ReaderPinView {
  std::string service_title = {};
  int step = 0;
  int steps = 0;
  PinUse use = PinUse::sign_in;
  int tries_left = pin_tries_all;
  std::string problem_text = {};
  bool entering = true;  // the reader's keys are on; else it has to be begun
};

enum class ReaderPinIntent { begin };

// The reader has keys and the PIN goes from them into the card.
NodePtr reader_pin_page(const ReaderPinView& view, const PageContext& context,
                        const std::function<void(ReaderPinIntent)>& intent);

}  // namespace bianmin::ui
