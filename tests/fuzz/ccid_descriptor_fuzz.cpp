// Any bytes as a configuration descriptor: what is found in it is of sensible size, or refused with a code.
#include <cstdlib>

#include "drivers/card/ccid/ccid_descriptor.hpp"

using namespace bianmin;
using namespace bianmin::card;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const CcidInterface& interface : find_ccid_interfaces(ByteView(data, size))) {
    const auto reader = assess_ccid(interface);
    if (!reader) {
      if (reader.error().code.substr(0, 5) != "ccid.") std::abort();
      continue;
    }
    if (reader->slot_count < 1 || reader->slot_count > ccid_slot_count_max) std::abort();
    if (reader->usable_message_byte_max() > ccid_message_byte_max) std::abort();
    if (reader->level() == ExchangeLevel::character) std::abort();
    (void)reader->feature_names();
  }
  return 0;
}
