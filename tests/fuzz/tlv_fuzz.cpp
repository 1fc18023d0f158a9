// Objects found in any bytes lie inside them, one after the other.
#include <cstdlib>

#include "drivers/card/iso7816/tlv.hpp"

using namespace bianmin;
using namespace bianmin::card::iso7816;

namespace {

bool inside(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void walk(ByteView bytes, int depth) {
  TlvReader reader(bytes);
  const std::uint8_t* last = bytes.data();
  while (const auto object = reader.next()) {
    if (!inside(object->value, bytes) || (!object->value.empty() && object->value.data() < last))
      std::abort();
    if (!object->value.empty()) last = object->value.data();
    if (object->constructed && depth < tlv_depth_max) walk(object->value, depth + 1);
  }
  if (reader.failed() && reader.next()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  walk(bytes, 1);
  const std::uint32_t path[] = {0x70, 0xBF8101, 0xA0, 0x9B};
  if (const auto found = find_tlv(bytes, path); found && !inside(*found, bytes)) std::abort();
  for (const std::uint32_t tag : {0x80U, 0x81U, 0x9BU, 0xDF21U}) {
    if (const auto found = find_tlv_anywhere(bytes, tag); found && !inside(*found, bytes)) std::abort();
  }
  if (const auto count = tlv_byte_count(bytes); count && *count < 2) std::abort();
  return 0;
}
