// A card that says anything at all over T=1: every exchange ends, within the bounds of a response, and every
// block that is understood is one. The input: block length, check, then blocks, each after its length.
#include <cstdlib>

#include "drivers/card/apdu.hpp"
#include "drivers/card/ccid/t1_link.hpp"

using namespace bianmin;
using namespace bianmin::card;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(ByteView(data, size));
  T1Settings settings;
  settings.ifsc = reader.u8() % t1_information_byte_max + 1;
  const std::uint8_t options = reader.u8();
  settings.crc = (options & 1U) != 0;
  const auto next = [&](ByteView sent, std::uint8_t) -> Result<SecretBytes> {
    if (!decode_t1(sent, settings.crc)) std::abort();  // ours are always right
    const ByteView raw = reader.take(reader.u8());
    if (reader.failed()) return Error{Remedy::ask_resident, "card.removed", "no more"};
    if (raw.empty()) return Error{Remedy::ask_resident, "card.mute", "silence"};
    // Mostly whole blocks, or hardly any would get past the check.
    SecretBytes block(raw.begin(), raw.end());
    if ((options & 2U) == 0 && raw.size() >= 2) {
      block.insert(block.begin() + 2, static_cast<std::uint8_t>(raw.size() - 2));
      if (settings.crc) {
        const std::uint16_t check = t1_crc(block);
        block.push_back(static_cast<std::uint8_t>(check));
        block.push_back(static_cast<std::uint8_t>(check >> 8U));
      } else {
        std::uint8_t sum = 0;
        for (const std::uint8_t byte : block) sum ^= byte;
        block.push_back(sum);
      }
    }
    return block;
  };
  T1Link link(settings, next);
  if ((options & 4U) != 0) (void)link.announce_ifsd();
  const Bytes command(static_cast<std::size_t>(options) * 2 + 4, 0x5A);
  for (int i = 0; i < 3; ++i) {
    const auto response = link.exchange(command);
    if (response && response->size() > apdu_answer_byte_max + 2) std::abort();
    if (!response && response.error().code != "card.mute" && response.error().code != "card.removed")
      std::abort();
  }
  return 0;
}
