#include "drivers/cabinet/mcp2221_report.hpp"

#include <algorithm>

namespace bianmin::cabinet::mcp2221 {

namespace {

constexpr std::uint8_t command_get_pins = 0x51;
constexpr std::uint8_t command_set_settings = 0x60;
constexpr std::uint8_t command_get_settings = 0x61;
constexpr std::uint8_t succeeded = 0;
constexpr std::uint8_t not_a_pin = 0xEE;
constexpr std::size_t first_pin_at = 2;       // in the answer to get_pins(): value and direction of each
constexpr std::size_t first_setting_at = 22;  // in the answer to get_settings()
constexpr std::size_t alter_pins_at = 7;      // in set_settings()
constexpr std::size_t first_set_pin_at = 8;
constexpr std::uint8_t alter_pins = 0x80;

Bytes command(std::uint8_t code) {
  Bytes report(report_byte_count, 0);
  report[0] = code;
  return report;
}

Result<void> check(ByteView answer, std::uint8_t code) {
  const auto bad = [](std::string why) {
    return Error{Remedy::retry_later, "contacts.bad_answer", std::move(why)};
  };
  if (answer.size() != report_byte_count) return bad("of another length");
  if (answer[0] != code) return bad("to another command");
  if (answer[1] != succeeded) return bad("the chip says that it failed");
  return {};
}

}  // namespace

Bytes get_pins() { return command(command_get_pins); }
Bytes get_settings() { return command(command_get_settings); }

Bytes set_settings(const PinSettings& pins) {
  Bytes report = command(command_set_settings);
  report[alter_pins_at] = alter_pins;
  std::copy(pins.begin(), pins.end(), report.begin() + first_set_pin_at);
  return report;
}

Result<std::array<Pin, pin_count>> read_pins(ByteView answer) {
  if (auto good = check(answer, command_get_pins); !good) return good.error();
  std::array<Pin, pin_count> pins;
  for (std::size_t i = 0; i < pin_count; ++i) {
    const std::uint8_t value = answer[first_pin_at + 2 * i];
    pins[i] = {value != not_a_pin, value != not_a_pin && value != 0};
  }
  return pins;
}

Result<PinSettings> read_settings(ByteView answer) {
  if (auto good = check(answer, command_get_settings); !good) return good.error();
  PinSettings pins;
  std::copy_n(answer.begin() + first_setting_at, pin_count, pins.begin());
  return pins;
}

Result<void> read_settings_set(ByteView answer) { return check(answer, command_set_settings); }

}  // namespace bianmin::cabinet::mcp2221
