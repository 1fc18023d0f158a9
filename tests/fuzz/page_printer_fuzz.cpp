// What a page printer says: its device ID, PJL, HTTP, IPP. The first byte says which; the bytes come in
// pieces.
#include "drivers/printer/page/device_id.hpp"
#include "drivers/printer/page/http_exchange.hpp"
#include "drivers/printer/page/ipp_message.hpp"
#include "drivers/printer/page/pjl.hpp"

using namespace bianmin;
using namespace bianmin::printer;

namespace {

void read_pjl(ByteView bytes, std::size_t piece) {
  PjlReader reader;
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(piece, bytes.size()));
    reader.push(part);
    bytes = bytes.subspan(part.size());
    while (reader.next()) continue;
  }
}

void read_http(ByteView bytes, std::size_t piece) {
  HttpReader reader;
  while (!bytes.empty() && !reader.done()) {
    const ByteView part = bytes.first(std::min(piece, bytes.size()));
    if (!reader.push(part)) return;
    bytes = bytes.subspan(part.size());
  }
  if (reader.answer().body.size() > http_body_byte_max) __builtin_trap();
  (void)read_ipp(reader.answer().body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView bytes(data + 2, size - 2);
  const std::size_t piece = data[1] % 64 + 1U;
  switch (data[0] % 4) {
    case 0:
      (void)kind_of(parse_device_id(bytes));
      break;
    case 1:
      read_pjl(bytes, piece);
      break;
    case 2:
      read_http(bytes, piece);
      break;
    default:
      if (const auto message = read_ipp(bytes); message && message->byte_count > bytes.size())
        __builtin_trap();
      break;
  }
  return 0;
}
