// Any bytes as an ATR are a mute card or a card with sensible parameters.
#include <cstdlib>

#include "drivers/card/ccid/atr.hpp"

using namespace bianmin;
using namespace bianmin::card;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto atr = parse_atr(bytes);
  if (!atr) {
    if (atr.error().code != "card.mute") std::abort();
    return 0;
  }
  if (atr->protocols.empty() || atr->ifsc == 0 || atr->historical.size() > 15) std::abort();
  for (const int protocol : atr->protocols) {
    if (protocol < 0 || protocol > 15) std::abort();
    const Bytes request = encode_pps(protocol, atr->speed);
    bool kept_default = false;
    (void)pps_agreed(request, bytes, &kept_default);
    if (ccid_parameters(*atr, protocol, atr->speed).size() != (protocol == 1 ? 7U : 5U)) std::abort();
    (void)atr->waiting_ms(protocol, 4'000);
  }
  (void)rate_of(atr->speed, 4'000);
  return 0;
}
