// What serial and keyboard scanners send, cut into packets and reports, and the answers of the decoder's
// child.
#include <algorithm>

#include "drivers/scanner/cdc_scanner.hpp"
#include "drivers/scanner/code_assembly.hpp"
#include "drivers/scanner/decoder_child.hpp"
#include "drivers/scanner/keyboard_keys.hpp"
#include "terminal/base/text.hpp"

using namespace bianmin;

namespace {

void check(const Result<std::string>& code) {
  if (code && (code->empty() || code->size() > scanner::code_byte_max || !valid_utf8(*code)))
    __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  scanner::SerialLines lines;
  scanner::KeyboardKeys keys;
  for (std::size_t at = 0; at < size; at += 8) {
    const ByteView part = input.subspan(at, std::min<std::size_t>(8, size - at));
    lines.add(part, check);
    keys.add(part, check);
  }
  if (lines.begun()) check(lines.take());
  if (keys.begun()) check(keys.take());
  if (const auto answer = scanner::unpack_answer(input)) {
    for (const auto& code : answer->codes) {
      if (!valid_utf8(code.text)) __builtin_trap();
    }
  }
  return 0;
}
