// What single models of readers do otherwise than they say. One table; no code asks for a model anywhere
// else.
#pragma once

#include <cstdint>
#include <optional>

#include "drivers/card/ccid/ccid_descriptor.hpp"

namespace bianmin::card {

struct CcidQuirks {
  bool vendor_class = false;          // CCID although its class is 0xFF
  bool off_at_start = false;          // looks for cards only after its slot was switched off once
  bool interrupt_useless = false;     // has the endpoint, says nothing of use on it: is polled instead
  bool reads_whole_messages = false;  // loses what a read for one packet does not take
  bool surplus_parameters = false;    // sends parameters past the length that their answer says
  bool always_present = false;  // says that a card is there when none is: one that does not answer is none
  std::optional<ExchangeLevel> level = {};  // not what it says
  std::uint32_t ifsd_max = 0;               // 0: what it says
  int settle_ms = 0;                        // silence that it needs after it was opened
};

// Of a model without a row: all as the specification has it.
CcidQuirks ccid_quirks(std::uint16_t vendor, std::uint16_t product);

}  // namespace bianmin::card
