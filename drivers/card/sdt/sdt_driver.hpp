// Readers of identity cards with an SDT / SAM_V security module on USB (GA 450, GA/T 467).
#pragma once

#include "drivers/card/id_card_driver.hpp"

namespace bianmin::card {

// Waits seen to be right in the field.
struct SdtTimings {
  int probe_timeout_ms = 1'000;
  int find_timeout_ms = 2'000;
  int select_timeout_ms = 2'000;
  int read_timeout_ms = 3'000;
  int further_address_timeout_ms = 1'500;
  int quiet_ms = 5;     // nothing more to come when nothing came for so long
  int settle_ms = 200;  // a bare module needs it before its first command
};

// What models do differently from the others.
struct SdtQuirks {
  bool needs_settling = false;  // a bare module: wait before the first command
  // It answers "no card" to a search for a card that has been read, until that is lifted. Said of many
  // readers, confirmed of none: no row has it yet. With it presence is unknown between the reading and the
  // next card.
  bool hides_read_card = false;
};

struct SdtModel {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  SdtQuirks quirks = {};
};

// Readers known by their numbers; the probe decides.
std::vector<SdtModel> sdt_models();

IdCardDriver sdt_driver(SdtTimings timings = {}, std::vector<SdtModel> models = sdt_models());

}  // namespace bianmin::card
