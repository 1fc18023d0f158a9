#include "drivers/card/ccid/ccid_dump.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace bianmin::card {

namespace {

constexpr std::size_t interface_count_max = 64;
constexpr std::size_t name_byte_max = 128;

using Fields = std::map<std::string_view, std::string_view>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\v\f";
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::optional<std::uint64_t> number_at_start(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

bool hexadecimal(std::string_view text) { return text.starts_with("0x") || text.starts_with("0X"); }

// "0x36", "271 bytes", "254".
std::optional<std::uint64_t> whole_number(std::string_view text) {
  if (hexadecimal(text)) return number_at_start(text.substr(2), 16);
  return number_at_start(text, 10);
}

// "4.000 MHz" in kHz. Some write kHz at once.
std::optional<std::uint64_t> kilohertz(std::string_view text) {
  const auto whole = number_at_start(text, 10);
  const std::size_t point = text.find('.');
  if (!whole || *whole > UINT32_MAX) return std::nullopt;
  if (point == std::string_view::npos)
    return text.find("MHz") == std::string_view::npos ? *whole : *whole * 1'000;
  std::uint64_t thousandths = 0;
  for (std::size_t i = 1; i <= 3; ++i) {
    const std::size_t at = point + i;
    const bool digit = at < text.size() && text[at] >= '0' && text[at] <= '9';
    thousandths = thousandths * 10 + (digit ? static_cast<unsigned>(text[at] - '0') : 0U);
  }
  return *whole * 1'000 + thousandths;
}

// "1.10" in binary coded decimals.
std::optional<std::uint64_t> version(std::string_view text) {
  const auto major = number_at_start(text, 16);
  const std::size_t point = text.find('.');
  if (!major || point == std::string_view::npos) return std::nullopt;
  const auto minor = number_at_start(text.substr(point + 1), 16);
  if (!minor || *major > 0xFF || *minor > 0xFF) return std::nullopt;
  return *major << 8U | *minor;
}

// "0x0000 0x0003": reserved half and the protocols.
std::optional<std::uint64_t> two_halves(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return whole_number(text);
  const auto high = whole_number(text.substr(0, blank));
  const auto low = whole_number(trimmed(text.substr(blank)));
  if (!high || !low || *high > 0xFFFF || *low > 0xFFFF) return std::nullopt;
  return *high << 16U | *low;
}

struct Layout {
  std::string_view name;
  std::size_t byte_count;
  std::optional<std::uint64_t> (*read)(std::string_view);
};

constexpr std::array<Layout, 21> layout = {{
    {"bDescriptorType", 1, whole_number},
    {"bcdCCID", 2, version},
    {"bMaxSlotIndex", 1, whole_number},
    {"bVoltageSupport", 1, whole_number},
    {"dwProtocols", 4, two_halves},
    {"dwDefaultClock", 4, kilohertz},
    {"dwMaximumClock", 4, kilohertz},
    {"bNumClockSupported", 1, whole_number},
    {"dwDataRate", 4, whole_number},
    {"dwMaxDataRate", 4, whole_number},
    {"bNumDataRatesSupported", 1, whole_number},
    {"dwMaxIFSD", 4, whole_number},
    {"dwSynchProtocols", 4, whole_number},
    {"dwMechanical", 4, whole_number},
    {"dwFeatures", 4, whole_number},
    {"dwMaxCCIDMessageLength", 4, whole_number},
    {"bClassGetResponse", 1, whole_number},
    {"bClassEnvelope", 1, whole_number},
    {"wLcdLayout", 2, whole_number},
    {"bPINSupport", 1, whole_number},
    {"bMaxCCIDBusySlots", 1, whole_number},
}};

Bytes class_descriptor(const Fields& fields) {
  const auto length = fields.find("bLength");
  const auto length_value = length == fields.end() ? std::nullopt : whole_number(length->second);
  if (!length_value || *length_value > 0xFF) return {};
  Bytes raw = {static_cast<std::uint8_t>(*length_value)};
  for (const Layout& field : layout) {
    const auto found = fields.find(field.name);
    auto value = found == fields.end() ? std::nullopt : field.read(found->second);
    if (!value || (field.byte_count < 8 && *value >> (8 * field.byte_count) != 0)) {
      // What follows the last known field of a descriptor of another length is not shown, and not needed to
      // refuse it.
      return *length_value == ccid_descriptor_byte_count ? Bytes() : raw;
    }
    for (std::size_t i = 0; i < field.byte_count; ++i)
      raw.push_back(static_cast<std::uint8_t>(*value >> (8 * i)));
  }
  return raw;
}

std::uint64_t small(const Fields& fields, std::string_view name, std::uint64_t limit) {
  const auto found = fields.find(name);
  const auto value = found == fields.end() ? std::nullopt : whole_number(found->second);
  return value ? std::min(*value, limit) : 0;
}

// Collects the lines of one interface.
class Collector {
 public:
  void take(std::string_view name, std::string_view value) {
    Fields& to = in_class_descriptor_ ? class_fields_ : interface_fields_;
    to.emplace(name, value);  // the first of a name counts
  }
  void begin_class_descriptor() { in_class_descriptor_ = true; }
  bool has(std::string_view name) const { return interface_fields_.contains(name); }
  DumpedInterface finish() const {
    constexpr std::uint64_t byte = 0xFF;
    const auto interface_byte = [this](std::string_view name) {
      return static_cast<std::uint8_t>(small(interface_fields_, name, byte));
    };
    DumpedInterface done;
    done.vendor = static_cast<std::uint16_t>(small(interface_fields_, "idVendor", 0xFFFF));
    done.product = static_cast<std::uint16_t>(small(interface_fields_, "idProduct", 0xFFFF));
    if (const auto name = interface_fields_.find("iProduct"); name != interface_fields_.end()) {
      done.product_name = std::string(name->second.substr(0, name_byte_max));
    }
    done.interface.number = interface_byte("bInterfaceNumber");
    done.interface.device_class = interface_byte("bInterfaceClass");
    done.interface.subclass = interface_byte("bInterfaceSubClass");
    done.interface.protocol = interface_byte("bInterfaceProtocol");
    done.interface.endpoint_count = interface_byte("bNumEndpoints");
    if (in_class_descriptor_) done.interface.class_descriptor = class_descriptor(class_fields_);
    return done;
  }

 private:
  Fields interface_fields_;
  Fields class_fields_;
  bool in_class_descriptor_ = false;
};

}  // namespace

Result<std::vector<DumpedInterface>> parse_ccid_dump(std::string_view text) {
  if (text.size() > ccid_dump_byte_max) return Error{Remedy::refuse, "ccid.dump_too_long", "more than 1 MiB"};
  std::vector<DumpedInterface> found;
  Collector current;
  const auto close = [&] {
    if (current.has("bInterfaceClass") && found.size() < interface_count_max)
      found.push_back(current.finish());
    current = Collector();
  };
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line == "CCID Class Descriptor") {
      current.begin_class_descriptor();
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const bool next_device = name == "idVendor" && current.has("idVendor");
    const bool next_interface = name == "bInterfaceNumber" && current.has("bInterfaceNumber");
    if (next_device || next_interface) close();
    current.take(name, trimmed(line.substr(colon + 1)));
  }
  close();
  if (found.empty()) return Error{Remedy::refuse, "ccid.not_a_dump", "no interface in it"};
  return found;
}

}  // namespace bianmin::card
