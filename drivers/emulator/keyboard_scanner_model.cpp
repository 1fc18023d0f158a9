#include "drivers/emulator/keyboard_scanner_model.hpp"

#include <map>
#include <utility>

#include "terminal/base/gb18030.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t left_shift = 2;
constexpr std::uint8_t left_alt = 4;
constexpr std::uint8_t enter = 40;

using Stroke = std::pair<std::uint8_t, std::uint8_t>;  // modifiers, key

std::map<char, Stroke> make_strokes() {
  std::map<char, Stroke> strokes;
  for (int i = 0; i < 26; ++i) {
    strokes[static_cast<char>('a' + i)] = {std::uint8_t{0}, static_cast<std::uint8_t>(4 + i)};
    strokes[static_cast<char>('A' + i)] = {left_shift, static_cast<std::uint8_t>(4 + i)};
  }
  const std::string_view digits = "1234567890";
  const std::string_view above = "!@#$%^&*()";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    strokes[digits[i]] = {std::uint8_t{0}, static_cast<std::uint8_t>(30 + i)};
    strokes[above[i]] = {left_shift, static_cast<std::uint8_t>(30 + i)};
  }
  struct Key {
    std::uint8_t key;
    char plain;
    char shifted;
  };
  const Key others[] = {{43, '\t', 0},  {44, ' ', 0},    {45, '-', '_'}, {46, '=', '+'},  {47, '[', '{'},
                        {48, ']', '}'}, {49, '\\', '|'}, {51, ';', ':'}, {52, '\'', '"'}, {53, '`', '~'},
                        {54, ',', '<'}, {55, '.', '>'},  {56, '/', '?'}};
  for (const Key& each : others) {
    strokes[each.plain] = {std::uint8_t{0}, each.key};
    if (each.shifted != 0) strokes[each.shifted] = {left_shift, each.key};
  }
  return strokes;
}

}  // namespace

KeyboardScannerModel::KeyboardScannerModel() {
  spec_.vendor = 0x05F9;
  spec_.product = 0x2214;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "keyboard bar code scanner";
  spec_.serial = "EMU0010";
  InterfaceSpec interface;
  interface.device_class = 3;
  interface.subclass = 1;
  interface.protocol = 1;
  interface.endpoints = {{0x81, 3, 8}};
  interface.class_descriptor = {9, 0x21, 0x11, 1, 0, 1, 0x22, 63, 0};
  interface.kernel_driver = "usbhid";
  spec_.interfaces = {interface};
}

std::size_t KeyboardScannerModel::take(std::uint8_t, ByteView bytes) { return bytes.size(); }

std::optional<Bytes> KeyboardScannerModel::give(std::uint8_t) {
  if (reports_.empty()) return std::nullopt;
  Bytes next = std::move(reports_.front());
  reports_.pop_front();
  return next;
}

std::optional<Bytes> KeyboardScannerModel::control(const ControlRequest& request) {
  constexpr std::uint8_t set_idle = 0x0A;
  constexpr std::uint8_t set_protocol = 0x0B;
  if (request.request_type == 0x21 && (request.request == set_idle || request.request == set_protocol))
    return Bytes();
  return std::nullopt;
}

void KeyboardScannerModel::stroke(std::uint8_t modifiers, std::uint8_t key) {
  reports_.push_back({modifiers, 0, key, 0, 0, 0, 0, 0});
  reports_.push_back({modifiers, 0, 0, 0, 0, 0, 0, 0});
}

void KeyboardScannerModel::type(std::string_view text) {
  static const std::map<char, Stroke> strokes = make_strokes();
  const auto bytes = gb18030_from_utf8(text);
  if (!bytes) return;
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    const std::uint8_t byte = (*bytes)[i];
    const auto found = strokes.find(static_cast<char>(byte));
    if (byte < 0x80 && found != strokes.end()) {
      stroke(found->second.first, found->second.second);
      reports_.push_back(Bytes(8, 0));
      continue;
    }
    int number = byte;
    if (byte >= 0x80 && i + 1 < bytes->size()) number = byte * 256 + (*bytes)[++i];
    for (const char digit : std::to_string(number))
      stroke(left_alt, static_cast<std::uint8_t>(digit == '0' ? 98 : 89 + digit - '1'));
    reports_.push_back(Bytes(8, 0));
  }
}

void KeyboardScannerModel::scan(std::string_view code) {
  type(code);
  stroke(0, enter);
}

}  // namespace bianmin::emulator
