#include "drivers/card/ccid/ccid_descriptor.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

constexpr std::uint8_t class_vendor = 0xFF;
constexpr std::uint8_t type_interface = 0x04;
constexpr std::uint8_t type_ccid = 0x21;
constexpr std::uint8_t type_vendor = 0xFF;
constexpr std::size_t interface_count_max = 32;
constexpr std::size_t short_message_byte_count = 10 + 261;
constexpr std::size_t message_byte_min = 10 + 33;  // an ATR of full length has to fit

Error refused(std::string_view code, std::string detail) { return {Remedy::refuse, code, std::move(detail)}; }

bool looks_like_ccid(ByteView descriptor) {
  return descriptor.size() == ccid_descriptor_byte_count && descriptor[0] == ccid_descriptor_byte_count &&
         (descriptor[1] == type_ccid || descriptor[1] == type_vendor);
}

struct FeatureName {
  std::uint32_t bit;
  std::string_view name;
};

constexpr std::array<FeatureName, 11> feature_table = {{
    {0x02, "parameters from ATR"},
    {0x04, "activates on insertion"},
    {0x08, "chooses voltage"},
    {0x10, "chooses clock"},
    {0x20, "chooses baud rate"},
    {0x40, "negotiates parameters"},
    {0x80, "makes PPS"},
    {0x0100, "can stop the clock"},
    {0x0200, "takes any NAD"},
    {0x0400, "makes IFSD"},
    {0x100000, "wakes on insertion"},
}};

}  // namespace

ExchangeLevel CcidDescriptor::level() const {
  if ((features & 0x40000U) != 0) return ExchangeLevel::extended_apdu;
  if ((features & 0x20000U) != 0) return ExchangeLevel::short_apdu;
  if ((features & 0x10000U) != 0) return ExchangeLevel::tpdu;
  return ExchangeLevel::character;
}

std::size_t CcidDescriptor::usable_message_byte_max() const {
  return std::clamp<std::size_t>(message_byte_max, short_message_byte_count, ccid_message_byte_max);
}

std::vector<std::string> CcidDescriptor::feature_names() const {
  std::vector<std::string> names;
  for (const FeatureName& feature : feature_table) {
    if ((features & feature.bit) != 0) names.emplace_back(feature.name);
  }
  return names;
}

std::vector<CcidInterface> find_ccid_interfaces(ByteView configuration) {
  std::vector<CcidInterface> found;
  bool first_setting = false;
  while (configuration.size() >= 2) {
    const std::size_t length = configuration[0];
    if (length < 2 || length > configuration.size()) break;
    const ByteView one = configuration.first(length);
    configuration = configuration.subspan(length);
    if (one[1] == type_interface && length >= 9) {
      first_setting = one[3] == 0;
      if (!first_setting) continue;
      if (found.size() == interface_count_max) break;
      found.push_back({one[2], one[5], one[6], one[7], one[4], {}});
    } else if (!found.empty() && first_setting && found.back().class_descriptor.empty() &&
               (looks_like_ccid(one) ||
                (one[1] == type_ccid && found.back().device_class == class_smart_card))) {
      found.back().class_descriptor.assign(one.begin(), one.end());
    }
  }
  return found;
}

Result<CcidDescriptor> parse_ccid_descriptor(ByteView bytes) {
  if (bytes.size() != ccid_descriptor_byte_count || bytes[0] != ccid_descriptor_byte_count) {
    return refused("ccid.bad_length", "the class descriptor is not of 54 bytes");
  }
  ByteReader reader(bytes);
  reader.skip(1);
  const std::uint8_t type = reader.u8();
  if (type != type_ccid && type != type_vendor)
    return refused("ccid.bad_descriptor", "another descriptor type");
  CcidDescriptor to;
  to.version = reader.u16_le();
  to.slot_count = reader.u8() + 1;
  const std::uint8_t voltages = reader.u8();
  to.volt_5 = (voltages & 0x01U) != 0;
  to.volt_3 = (voltages & 0x02U) != 0;
  to.volt_1_8 = (voltages & 0x04U) != 0;
  const std::uint32_t protocols = reader.u32_le();
  to.t0 = (protocols & 0x01U) != 0;
  to.t1 = (protocols & 0x02U) != 0;
  to.default_clock_khz = reader.u32_le();
  to.maximum_clock_khz = reader.u32_le();
  reader.skip(1);  // bNumClockSupported
  to.default_rate_bps = reader.u32_le();
  to.maximum_rate_bps = reader.u32_le();
  reader.skip(1);  // bNumDataRatesSupported
  to.ifsd_max = reader.u32_le();
  reader.skip(4 + 4);  // dwSynchProtocols, dwMechanical
  to.features = reader.u32_le();
  to.message_byte_max = reader.u32_le();
  reader.skip(1 + 1);  // bClassGetResponse, bClassEnvelope
  to.lcd_layout = reader.u16_le();
  const std::uint8_t pin = reader.u8();
  to.pin_verification = (pin & 0x01U) != 0;
  to.pin_modification = (pin & 0x02U) != 0;
  to.busy_slot_count = std::max<int>(reader.u8(), 1);  // some say 0
  if (!reader.at_end()) return refused("ccid.bad_length", "the class descriptor is not of 54 bytes");
  return to;
}

CcidKind kind_of(const CcidInterface& interface) {
  if (interface.subclass != 0) return CcidKind::other;
  if (interface.device_class == class_vendor) {
    return interface.protocol == 0 && looks_like_ccid(interface.class_descriptor) ? CcidKind::vendor_reader
                                                                                  : CcidKind::other;
  }
  if (interface.device_class != class_smart_card) return CcidKind::other;
  switch (interface.protocol) {
    case 0:
      return CcidKind::reader;
    case 1:
      return CcidKind::iccd_a;
    case 2:
      return CcidKind::iccd_b;
    default:
      return CcidKind::other;
  }
}

std::string_view kind_name(CcidKind kind) {
  switch (kind) {
    case CcidKind::reader:
      return "CCID";
    case CcidKind::vendor_reader:
      return "CCID in vendor class";
    case CcidKind::iccd_a:
      return "ICCD-A";
    case CcidKind::iccd_b:
      return "ICCD-B";
    case CcidKind::other:
      return "other";
  }
  return "other";
}

namespace {

Error refused_kind(const CcidInterface& interface) {
  if (interface.device_class == class_vendor)
    return refused("ccid.vendor_specific", "a class of the vendor's own");
  if (interface.device_class != class_smart_card) {
    return refused("ccid.other_class", "not the class of smart card readers");
  }
  if (interface.subclass != 0) return refused("ccid.other_subclass", "an unknown subclass");
  return refused("ccid.other_protocol", "an unknown interface protocol");
}

}  // namespace

Result<CcidDescriptor> assess_ccid(const CcidInterface& interface) {
  const CcidKind kind = kind_of(interface);
  if (kind == CcidKind::other) return refused_kind(interface);
  const bool token = kind == CcidKind::iccd_a || kind == CcidKind::iccd_b;
  if (interface.class_descriptor.empty()) return refused("ccid.no_descriptor", "no class descriptor");
  auto descriptor = parse_ccid_descriptor(interface.class_descriptor);
  if (!descriptor) return descriptor;
  if (!token && interface.endpoint_count < 2)
    return refused("ccid.no_endpoints", "no pair of bulk endpoints");
  if (!descriptor->t0 && !descriptor->t1) return refused("ccid.no_card_protocol", "neither T=0 nor T=1");
  if (descriptor->slot_count > ccid_slot_count_max)
    return refused("ccid.too_many_slots", "more than 16 slots");
  if (descriptor->message_byte_max < message_byte_min) {
    return refused("ccid.short_messages", "messages too short for any card");
  }
  if (descriptor->level() == ExchangeLevel::character) {
    return refused("ccid.character_level", "a reader that leaves single characters to the host");
  }
  constexpr std::uint32_t token_message_byte_max = 10 + iccd_block_byte_max;
  if (token) descriptor->message_byte_max = std::min(descriptor->message_byte_max, token_message_byte_max);
  return descriptor;
}

std::string_view level_name(ExchangeLevel level) {
  switch (level) {
    case ExchangeLevel::character:
      return "character";
    case ExchangeLevel::tpdu:
      return "TPDU";
    case ExchangeLevel::short_apdu:
      return "short APDU";
    case ExchangeLevel::extended_apdu:
      return "extended APDU";
  }
  return "character";
}

}  // namespace bianmin::card
