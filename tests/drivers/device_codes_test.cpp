// The closed list of device codes: every code in the drivers has a row, every row has its sentences.
#include "drivers/device_codes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "terminal/device_table.hpp"
#include "tests/catch.hpp"
#include "ui/strings/device_words.hpp"

using namespace bianmin;

namespace {

// Codes of errors that end a request. They tell how a call went, never how a device stands.
const std::set<std::string> never_a_state = {
    "printer.bad_document", "printer.busy",      "printer.cancelled",  "reader.absent", "reader.busy",
    "reader.no_pin_pad",    "scanner.bad_code",  "ups.absent",         "ups.busy",      "ups.cannot_switch",
    "pad.bad_key_map",      "lights.bad_places", "contacts.bad_wiring"};

std::set<std::string> codes_in_drivers() {
  std::set<std::string> codes;
  const std::regex code("\"((?:usb|reader|printer|scanner|ups|pad|lights|contacts|device)\\.[a-z0-9_]+)\"");
  for (const auto& entry : std::filesystem::recursive_directory_iterator("drivers")) {
    const std::string path = entry.path().string();
    const std::string extension = entry.path().extension().string();
    if (extension != ".cpp" && extension != ".hpp") continue;
    if (path.starts_with("drivers/emulator/") || path == "drivers/device_codes.cpp") continue;
    std::ifstream file(entry.path());
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator it(source.begin(), source.end(), code), end; it != end; ++it)
      codes.insert((*it)[1]);
  }
  return codes;
}

ui::DeviceWords words_of(const std::string& language) {
  return ui::DeviceWords::load("ui/strings/devices." + language + ".json").value();
}

std::size_t length_of(const std::string& utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
  }));
}

}  // namespace

TEST_CASE("every code that the drivers name is in the list, or is no state") {
  const std::set<std::string> named = codes_in_drivers();
  CHECK(named.size() > 25);
  for (const std::string& code : named) {
    INFO(
        code << ": give it a row in drivers/device_codes.cpp and its sentences in ui/strings/devices.*.json");
    CHECK((find_device_code(code) != nullptr) != never_a_state.contains(code));
  }
}

TEST_CASE("a code stands once, and with the conditions that it can come with") {
  std::set<std::string_view> seen;
  for (const DeviceCode& code : device_codes()) {
    INFO(code.code);
    CHECK(seen.insert(code.code).second);
    CHECK(code.conditions != 0);
  }
  CHECK(is_listed({DeviceCondition::ready, "ready"}));
  CHECK(is_listed({}));
  CHECK(is_listed({DeviceCondition::starting, "usb.stall"}));
  CHECK(is_listed({DeviceCondition::faulted, "usb.stall"}));
  CHECK(is_listed({DeviceCondition::degraded, "printer.paper_low"}));
  CHECK_FALSE(is_listed({DeviceCondition::ready, "usb.stall"}));
  CHECK_FALSE(is_listed({DeviceCondition::faulted, "ready"}));
  CHECK_FALSE(is_listed({DeviceCondition::absent, "printer.paper_out"}));
  CHECK_FALSE(is_listed({DeviceCondition::faulted, "usb.unheard_of"}));
  CHECK(find_device_code("usb.unheard_of") == nullptr);
}

TEST_CASE("every code has its sentences in every language, every device its word, and nothing is left over") {
  std::vector<std::string> codes;
  for (const DeviceCode& code : device_codes()) codes.emplace_back(code.code);
  std::sort(codes.begin(), codes.end());
  const auto table = device_table();
  const auto known = device_names(table);
  const std::vector<std::string> names(known.begin(), known.end());
  for (const char* language : {"zh-Hans", "en"}) {
    INFO(language);
    const ui::DeviceWords words = words_of(language);
    CHECK(words.codes() == codes);
    CHECK(words.devices() == names);
  }
}

TEST_CASE("what is told on the screen has room there in English, too") {
  constexpr std::size_t resident_max = 80;
  constexpr std::size_t clerk_max = 90;
  const ui::DeviceWords english = words_of("en");
  for (const DeviceCode& code : device_codes()) {
    for (const std::string& device : english.devices()) {
      INFO(code.code << " of " << device);
      CHECK(english.sentence(device, code.code, ui::Listener::resident).size() <= resident_max);
      CHECK(english.sentence(device, code.code, ui::Listener::clerk).size() <= clerk_max);
    }
  }
}

TEST_CASE("what residents and clerks are told is short, spoken, and speaks of nothing technical") {
  constexpr std::size_t resident_max = 26;
  constexpr std::size_t clerk_max = 40;
  const std::regex technical("[A-Za-z]{2,}");
  const ui::DeviceWords chinese = words_of("zh-Hans");
  for (const DeviceCode& code : device_codes()) {
    for (const std::string& device : chinese.devices()) {
      const std::string resident = chinese.sentence(device, code.code, ui::Listener::resident);
      const std::string clerk = chinese.sentence(device, code.code, ui::Listener::clerk);
      INFO(code.code << ": " << resident << " / " << clerk);
      CHECK(length_of(resident) <= resident_max);
      CHECK(length_of(clerk) <= clerk_max);
      CHECK_FALSE(std::regex_search(resident, technical));
      CHECK(resident.find('{') == std::string::npos);
      CHECK(clerk.find('{') == std::string::npos);
    }
  }
}
