#include "drivers/scanner/keyboard_keys.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bianmin::scanner {

namespace {

constexpr std::uint8_t key_error_max = 3;  // 1 to 3: too many keys, and the like
constexpr std::uint8_t key_enter = 0x28;
constexpr std::uint8_t key_pad_enter = 0x58;
constexpr std::uint8_t pad_first = 0x54;
constexpr std::uint8_t pad_digit_first = 0x59;
constexpr std::uint8_t pad_digit_last = 0x62;
constexpr unsigned shift_keys = 0x22;
constexpr unsigned alt_keys = 0x44;
constexpr int typed_number_max = 0xFFFF;

// From key 0x04 on; a space where a key types nothing.
constexpr std::string_view plain_keys = "abcdefghijklmnopqrstuvwxyz1234567890\r  \t -=[]\\#;'`,./";
constexpr std::string_view shift_table = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\r  \t _+{}|~:\"~<>?";
constexpr std::uint8_t first_key = 0x04;
constexpr std::uint8_t space_key = 0x2C;
// From the number pad's "/" on: "\r" is its Enter.
constexpr std::string_view pad_keys = "/*-+\r1234567890.";

char character_of(std::uint8_t key, bool shift) {
  if (key == space_key) return ' ';
  if (key >= pad_first && key < pad_first + pad_keys.size()) return pad_keys[key - pad_first];
  if (key < first_key || key >= first_key + plain_keys.size()) return 0;
  const char typed = shift ? shift_table[key - first_key] : plain_keys[key - first_key];
  return typed == ' ' ? '\0' : typed;
}

}  // namespace

void KeyboardKeys::add(ByteView report, const std::function<void(Result<std::string>)>& code) {
  if (report.size() < report_byte_count) {
    spoilt_ = true;
    return;
  }
  const unsigned modifiers = report[0];
  if ((modifiers & alt_keys) == 0) release_alt();
  if ((modifiers & alt_keys) != 0 && typed_number_ < 0) typed_number_ = 0;
  std::array<std::uint8_t, 6> now{};
  std::copy_n(report.begin() + 2, now.size(), now.begin());
  const bool error =
      std::any_of(now.begin(), now.end(), [](auto key) { return key > 0 && key <= key_error_max; });
  if (error) {
    spoilt_ = true;
    return;
  }
  const auto before = std::exchange(down_, now);
  for (const std::uint8_t key : now) {
    if (key != 0 && std::find(before.begin(), before.end(), key) == before.end())
      press(key, (modifiers & shift_keys) != 0, code);
  }
}

void KeyboardKeys::press(std::uint8_t key, bool shift, const std::function<void(Result<std::string>)>& code) {
  if (key == key_enter || key == key_pad_enter) {
    if (begun()) code(take());
    return;
  }
  if (typed_number_ >= 0 && key >= pad_digit_first && key <= pad_digit_last) {
    const int digit = (key - pad_digit_first + 1) % 10;
    typed_number_ = std::min(typed_number_ * 10 + digit, typed_number_max + 1);
    return;
  }
  const char typed = character_of(key, shift);
  if (typed == '\0') return;  // an arrow, a lock: nothing that a code has
  const auto byte = static_cast<std::uint8_t>(typed);
  assembly_.add(ByteView(&byte, 1));
}

// Alt and digits: the number of a character in the code page, which for Chinese scanners is that of GBK.
void KeyboardKeys::release_alt() {
  const int number = std::exchange(typed_number_, -1);
  if (number <= 0) return;
  if (number > typed_number_max) {
    spoilt_ = true;
    return;
  }
  Bytes bytes;
  if (number > 0xFF) bytes.push_back(static_cast<std::uint8_t>(number >> 8));
  bytes.push_back(static_cast<std::uint8_t>(number & 0xFF));
  assembly_.add(bytes);
}

Result<std::string> KeyboardKeys::take() {
  release_alt();
  auto text = assembly_.take_any_text();
  if (std::exchange(spoilt_, false)) return bad_code("keys were lost");
  return text;
}

}  // namespace bianmin::scanner
