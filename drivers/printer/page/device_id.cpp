#include "drivers/printer/page/device_id.hpp"

#include <algorithm>
#include <array>

#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t id_byte_max = 1'023;
constexpr std::size_t languages_max = 32;
constexpr int timeout_ms = 1'000;
constexpr int id_questions_max = 4;

std::string in_capitals(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each >= 'a' && each <= 'z') out += static_cast<char>(each - 'a' + 'A');
    if (each >= ' ' && each < '\x7F' && !(each >= 'a' && each <= 'z')) out += each;
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each >= ' ' && each < '\x7F') out += each;
  }
  return std::string(trim(out));
}

bool any_starts(const DeviceId& id, std::string_view start) {
  return std::any_of(id.languages.begin(), id.languages.end(),
                     [start](const std::string& language) { return language.starts_with(start); });
}

// Empty: it does not answer this.
Result<Bytes> ask_once(usb::Channel& channel, const std::stop_token& stop) {
  constexpr std::uint8_t class_interface_in = 0xA1;
  constexpr std::uint8_t get_device_id = 0;
  const auto index = static_cast<std::uint16_t>(channel.interface().number << 8U);
  auto answer =
      channel.control_read(class_interface_in, get_device_id, 0, index, id_byte_max, timeout_ms, stop);
  if (answer || (answer.error().code != "usb.stall" && answer.error().code != "usb.timeout")) return answer;
  return Bytes();
}

}  // namespace

bool DeviceId::speaks(std::string_view language) const {
  const auto same = [language](const std::string& each) {
    return each == language || (language == "PCL" && (each == "PCL5" || each == "PCL5E" || each == "PCL5C"));
  };
  return std::any_of(languages.begin(), languages.end(), same);
}

DeviceId parse_device_id(ByteView answer) {
  DeviceId id;
  if (answer.size() <= 2) return id;
  const std::string text = text_of(answer.subspan(2).first(std::min(answer.size() - 2, id_byte_max)));
  for (const std::string_view field : split(text, ';')) {
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string key = in_capitals(trim(field.substr(0, colon)));
    const std::string_view value = field.substr(colon + 1);
    if (key == "MFG" || key == "MANUFACTURER") id.manufacturer = printable(value);
    if (key == "MDL" || key == "MODEL") id.model = printable(value);
    if (key != "CMD" && key != "COMMAND SET") continue;
    for (const std::string_view language : split(value, ',')) {
      if (id.languages.size() < languages_max) id.languages.push_back(in_capitals(trim(language)));
    }
  }
  return id;
}

PrinterKind kind_of(const DeviceId& id) {
  constexpr std::array page_languages = {"PCL",        "PJL", "PWGRASTER", "URF",
                                         "POSTSCRIPT", "PS",  "PDF",       "ESCPL2"};
  if (any_starts(id, "ESC/POS") || any_starts(id, "ESCPOS") || any_starts(id, "EPSON ESC/POS"))
    return PrinterKind::receipt;
  const bool page = std::any_of(page_languages.begin(), page_languages.end(),
                                [&id](const char* language) { return any_starts(id, language); });
  return page ? PrinterKind::page : PrinterKind::unknown;
}

Result<DeviceId> ask_device_id(usb::Channel& channel, std::stop_token stop) {
  Result<Bytes> before = ask_once(channel, stop);
  for (int i = 1; before && i < id_questions_max; ++i) {
    Result<Bytes> again = ask_once(channel, stop);
    if (!again) return again.error();
    const bool agree = *again == *before;
    before = std::move(again);
    if (agree) break;
  }
  if (!before) return before.error();
  return parse_device_id(*before);
}

Result<void> check_printer_kind(usb::Channel& channel, PrinterKind wanted, std::stop_token stop) {
  const auto id = ask_device_id(channel, std::move(stop));
  if (!id) return id.error();
  const PrinterKind kind = kind_of(*id);
  const bool page = kind == PrinterKind::page;
  if (page == (wanted == PrinterKind::page)) return {};
  return Error{Remedy::refuse, "usb.other_kind", page ? "it prints pages" : "it prints receipts"};
}

}  // namespace bianmin::printer
