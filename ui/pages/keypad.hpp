// Digit keys as on a telephone, and the field above them: what the pages share on which digits are entered.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct KeyPress {
  enum class Kind { character, erase, clear };
  Kind kind = Kind::character;
  char character = 0;  // '0'..'9' or 'X'
};

inline constexpr std::string_view hidden_digit = "\u2022";  // stands for one that is not shown

struct KeypadLook {
  bool has_room = true;  // false greys the digits
  bool empty = true;     // greys "delete" and "clear"
  bool with_x = false;   // the key X instead of "clear"
  bool secret = false;   // what a key is called is said in the headset only
};

// Its keys have the ids "key.0".."key.9", "key.X", "key.clear" and "key.delete".
NodePtr keypad(const PageContext& context, const KeypadLook& look,
               const std::function<void(KeyPress)>& press);

struct EntryField {
  std::string shown = {};   // empty: the words for "nothing entered yet"
  double shown_units = 80;  // large already: the same at every text size
  std::string spoken = {};  // what is said instead; empty: as shown
  bool wrong = false;
};
NodePtr entry_field(const PageContext& context, const EntryField& field);

}  // namespace bianmin::ui
