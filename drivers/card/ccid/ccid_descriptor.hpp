// What a smart card reader says it can do: the class descriptor of USB CCID Rev 1.1, 5.1, and of ICCD
// Rev 1.0. Pure; the bytes are hostile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

constexpr std::uint8_t class_smart_card = 0x0B;  // bInterfaceClass
constexpr std::size_t ccid_descriptor_byte_count = 54;
constexpr int ccid_slot_count_max =
    16;  // of a reader; the specification lets one answer for more, nobody built it
constexpr std::size_t ccid_message_byte_max = 10 + 65'544;  // the longest extended command in one message
// Of one block to or from a token on the control pipe: libusb carries 4,096 bytes in one request, and an
// answer that is too long has to show.
constexpr std::size_t iccd_block_byte_max = 4'000;

// How much of the transport protocol is the host's work.
enum class ExchangeLevel { character, tpdu, short_apdu, extended_apdu };

struct CcidDescriptor {
  std::uint16_t version = 0;  // 0x0110: 1.10
  int slot_count = 1;
  bool volt_5 = false;
  bool volt_3 = false;
  bool volt_1_8 = false;
  bool t0 = false;
  bool t1 = false;
  std::uint32_t default_clock_khz = 0;
  std::uint32_t maximum_clock_khz = 0;
  std::uint32_t default_rate_bps = 0;
  std::uint32_t maximum_rate_bps = 0;
  std::uint32_t ifsd_max = 0;
  std::uint32_t features = 0;          // dwFeatures as it came
  std::uint32_t message_byte_max = 0;  // as it came; see usable_message_byte_max()
  std::uint16_t lcd_layout = 0;        // lines << 8 | columns; 0: no display
  bool pin_verification = false;
  bool pin_modification = false;
  int busy_slot_count = 1;

  ExchangeLevel level() const;  // the highest that is set
  bool automatic_parameters() const { return (features & 0x02U) != 0; }
  bool automatic_activation() const { return (features & 0x04U) != 0; }
  bool automatic_voltage() const { return (features & 0x08U) != 0; }
  bool automatic_clock() const { return (features & 0x10U) != 0; }
  bool automatic_rate() const { return (features & 0x20U) != 0; }
  bool automatic_negotiation() const { return (features & 0x40U) != 0; }
  bool automatic_pps() const { return (features & 0x80U) != 0; }
  bool clock_stop() const { return (features & 0x0100U) != 0; }
  bool any_nad() const { return (features & 0x0200U) != 0; }
  bool automatic_ifsd() const { return (features & 0x0400U) != 0; }
  bool wakes_on_insertion() const { return (features & 0x100000U) != 0; }

  // At least what one whole short command needs (271), also for readers that count without the header of ten
  // bytes, and at most `ccid_message_byte_max`.
  std::size_t usable_message_byte_max() const;
  std::vector<std::string> feature_names() const;
};

// One interface as a configuration descriptor, or a dump of one, shows it.
struct CcidInterface {
  std::uint8_t number = 0;
  std::uint8_t device_class = 0;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  int endpoint_count = 0;
  Bytes class_descriptor;  // empty: none was found
};

// All interfaces of a configuration descriptor (its nine bytes and all that follows), alternate setting 0.
// The class descriptor may stand before or after the endpoints, and inside of them as in some older readers.
// What does not fit any more is left out.
std::vector<CcidInterface> find_ccid_interfaces(ByteView configuration);

// Looks only at the 54 bytes. Errors, all to be refused: "ccid.bad_length", "ccid.bad_descriptor".
Result<CcidDescriptor> parse_ccid_descriptor(ByteView bytes);

// What kind of interface it is, by its numbers alone.
enum class CcidKind {
  reader,         // messages on bulk endpoints
  vendor_reader,  // the same in class 0xFF: readers older than the class's number
  iccd_a,         // a token that lives on the control pipe, ICCD version A
  iccd_b,         // and version B
  other,
};
CcidKind kind_of(const CcidInterface& interface);
std::string_view kind_name(CcidKind kind);  // "CCID", "CCID in vendor class", "ICCD-A", "ICCD-B", "other"

// What the interface can do when this driver can work with it; of a token, messages no longer than its blocks
// may be. Errors of Remedy::refuse: "ccid.other_class", "ccid.vendor_specific" (its own class without the
// shape of CCID), "ccid.other_subclass", "ccid.other_protocol", "ccid.no_descriptor", "ccid.no_endpoints",
// those of parse_ccid_descriptor(), and from what the descriptor says: "ccid.no_card_protocol",
// "ccid.too_many_slots", "ccid.short_messages", "ccid.character_level".
Result<CcidDescriptor> assess_ccid(const CcidInterface& interface);

std::string_view level_name(ExchangeLevel level);  // "character", "TPDU", "short APDU", "extended APDU"

}  // namespace bianmin::card
