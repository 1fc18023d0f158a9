// Text that decodes encodes to the same bytes; UTF-16LE goes to UTF-8 and back.
#include <cstdlib>

#include "terminal/base/text.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const std::string text = text_of(bytes);
  const auto points = decode_utf8(text);
  if (points && encode_utf8(*points) != text) std::abort();
  const auto utf8 = utf8_from_utf16le(bytes);
  if (!utf8) return 0;
  const auto utf16 = utf16le_from_utf8(*utf8);
  if (!utf16 || *utf16 != Bytes(bytes.begin(), bytes.end())) std::abort();
  return 0;
}
