// Any bytes as a printer's answers, in pieces of any size: the same answers, however they are cut up.
#include <cstdlib>

#include "drivers/device_codes.hpp"
#include "drivers/printer/escpos_status.hpp"

using namespace bianmin;
using namespace bianmin::printer;

namespace {

std::size_t count_answers(ByteView bytes, std::size_t piece, bool presenter) {
  AnswerReader reader;
  reader.expect_full_status(presenter);
  std::size_t answers = 0;
  while (!bytes.empty()) {
    const std::size_t count = std::min(piece, bytes.size());
    reader.push(bytes.first(count));
    bytes = bytes.subspan(count);
    while (const auto answer = reader.next()) {
      ++answers;
      const auto* automatic = std::get_if<AutomaticStatus>(&*answer);
      if (automatic != nullptr && !is_listed(automatic->status.state())) std::abort();
      const auto* done = std::get_if<ProcessDone>(&*answer);
      if (done != nullptr && done->id.size() != 4) std::abort();
    }
  }
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t size_max = 2'048;  // more than that unread is thrown away
  if (size < 1 || size > size_max) return 0;
  const ByteView bytes(data + 1, size - 1);
  const bool presenter = data[0] >= 0x80;
  if (count_answers(bytes, data[0] % 16 + 1U, presenter) != count_answers(bytes, size_max, presenter))
    std::abort();
  return 0;
}
