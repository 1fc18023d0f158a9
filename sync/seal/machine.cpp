#include "sync/seal/machine.hpp"

#include <algorithm>
#include <cctype>

#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t machine_file_size_max = 256 * 1024;  // /proc/cpuinfo of many cores

struct TraitSource {
  std::string_view name;
  const char* path;
  std::string_view label = {};  // of the line that counts; empty: the whole file
};

constexpr TraitSource trait_sources[] = {
    {"dmi.product_uuid", "/sys/class/dmi/id/product_uuid"},
    {"dmi.product_serial", "/sys/class/dmi/id/product_serial"},
    {"dmi.board_serial", "/sys/class/dmi/id/board_serial"},
    {"device_tree.serial", "/sys/firmware/devicetree/base/serial-number"},
    {"cpu.serial", "/proc/cpuinfo", "Serial"},
    {"emmc.cid", "/sys/block/mmcblk0/device/cid"},
};

// What makers leave in: seen on many machines, so it tells none from another.
constexpr std::string_view empty_words[] = {
    "none",
    "default string",
    "to be filled by o.e.m.",
    "system serial number",
    "base board serial number",
    "not specified",
    "not applicable",
    "n/a",
    "oem",
    "0123456789",
    "123456789",
    "03000200-0400-0500-0006-000700080009",
};

bool says_something(const std::string& value) {
  std::string lower;
  std::ranges::transform(value, std::back_inserter(lower), [](unsigned char c) { return std::tolower(c); });
  if (std::ranges::find(empty_words, lower) != std::end(empty_words)) return false;
  return lower.find_first_not_of("0-. ") != std::string::npos &&
         lower.find_first_not_of("f-") != std::string::npos;
}

std::string clean(std::string_view text) {
  constexpr std::string_view around(" \t\r\n\0", 5);
  const std::size_t from = text.find_first_not_of(around);
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(around) + 1 - from));
}

std::string value_in(std::string_view text, std::string_view label) {
  if (label.empty()) return clean(text);
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && clean(line.substr(0, colon)) == label)
      return clean(line.substr(colon + 1));
  }
  return {};
}

}  // namespace

Result<Bytes> read_machine_file(const std::filesystem::path& path) {
  return read_file(path, machine_file_size_max);
}

std::vector<MachineTrait> machine_traits(const MachineFiles& files) {
  std::vector<MachineTrait> traits;
  for (const TraitSource& source : trait_sources) {
    const auto bytes = files(source.path);
    if (!bytes) continue;
    std::string value = value_in(text_of(*bytes), source.label);
    if (says_something(value)) traits.push_back({source.name, std::move(value)});
  }
  return traits;
}

}  // namespace bianmin::seal
