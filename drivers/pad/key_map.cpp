#include "drivers/pad/key_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/hid/report_descriptor.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::pad {

namespace {

constexpr std::uint16_t keyboard_page = 0x07;
constexpr std::size_t row_count_max = 64;

struct Name {
  std::string_view name;
  PadSignal signal;
};
constexpr std::array names = {Name{"previous", PadSignal::previous},
                              Name{"next", PadSignal::next},
                              Name{"confirm", PadSignal::confirm},
                              Name{"back", PadSignal::back},
                              Name{"help", PadSignal::help},
                              Name{"headset_in", PadSignal::headset_in},
                              Name{"headset_out", PadSignal::headset_out}};

Error bad(std::string why) { return {Remedy::refuse, "pad.bad_key_map", std::move(why)}; }

std::optional<std::uint16_t> number_of(std::string_view text) {
  constexpr int hexadecimal = 16;
  std::uint16_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number, hexadecimal);
  if (read.ec != std::errc() || read.ptr != end || number == 0) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> usage_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto page = colon == std::string_view::npos ? keyboard_page : number_of(text.substr(0, colon));
  const auto id = number_of(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!page || !id) return std::nullopt;
  return hid::usage(*page, *id);
}

Result<void> add_word(std::string_view word, KeyMap& map) {
  const std::size_t equals = word.find('=');
  const auto named = std::find_if(names.begin(), names.end(), [&](const Name& each) {
    return equals != std::string_view::npos && each.name == word.substr(0, equals);
  });
  if (named == names.end()) return bad("no such key: " + std::string(word));
  for (const std::string_view text : split(word.substr(equals + 1), ',')) {
    const auto usage = usage_of(text);
    if (!usage) return bad("no usage: " + std::string(word));
    if (map.find(*usage) || map.rows.size() >= row_count_max) return bad("twice: " + std::string(word));
    map.rows.push_back({*usage, named->signal});
  }
  return {};
}

}  // namespace

std::string_view key_name(PadKey key) {
  switch (key) {
    case PadKey::previous:
      return "previous";
    case PadKey::next:
      return "next";
    case PadKey::confirm:
      return "confirm";
    case PadKey::back:
      return "back";
    case PadKey::help:
      break;
  }
  return "help";
}

std::optional<PadKey> key_of(PadSignal signal) {
  switch (signal) {
    case PadSignal::previous:
      return PadKey::previous;
    case PadSignal::next:
      return PadKey::next;
    case PadSignal::confirm:
      return PadKey::confirm;
    case PadSignal::back:
      return PadKey::back;
    case PadSignal::help:
      return PadKey::help;
    case PadSignal::headset_in:
    case PadSignal::headset_out:
      break;
  }
  return std::nullopt;
}

std::optional<PadSignal> KeyMap::find(std::uint32_t usage) const {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.usage == usage; });
  if (found == rows.end()) return std::nullopt;
  return found->signal;
}

bool KeyMap::has(PadSignal signal) const {
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.signal == signal; });
}

KeyMap default_key_map() {
  return parse_key_map("previous=52,50 next=51,4f,2b confirm=28,58,2c back=29,2a help=3a").value();
}

Result<KeyMap> parse_key_map(std::string_view text) {
  KeyMap map;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    if (auto added = add_word(word, map); !added) return added.error();
  }
  if (!map.has(PadSignal::next) || !map.has(PadSignal::confirm)) return bad("next and confirm are needed");
  return map;
}

}  // namespace bianmin::pad
