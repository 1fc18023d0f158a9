// Any text as a dump of descriptors is taken apart or refused with a code.
#include <cstdlib>

#include "drivers/card/ccid/ccid_dump.hpp"

using namespace bianmin;
using namespace bianmin::card;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto dumped = parse_ccid_dump(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!dumped) {
    if (dumped.error().code.substr(0, 5) != "ccid.") std::abort();
    return 0;
  }
  for (const DumpedInterface& one : *dumped) {
    const auto reader = assess_ccid(one.interface);
    if (!reader && reader.error().code.substr(0, 5) != "ccid.") std::abort();
  }
  return 0;
}
