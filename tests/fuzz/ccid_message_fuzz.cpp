// Any bytes as a reader's answer or notice are refused with a code or make sense.
#include <cstdlib>

#include "drivers/card/apdu.hpp"
#include "drivers/card/ccid/ccid_message.hpp"

using namespace bianmin;
using namespace bianmin::card;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto count = ccid_answer_byte_count(bytes, 65'554);
  if (count && *count && **count > 65'554) std::abort();
  const auto answer = decode_ccid(bytes);
  if (answer) {
    if (answer->data.size() + ccid_header_byte_count != size) std::abort();
    if (ccid_error(*answer).code.empty()) std::abort();
    (void)decode_response(answer->data);
  } else if (answer.error().code != "reader.bad_frame") {
    std::abort();
  }
  const auto notice = decode_ccid_notice(bytes);
  if (!notice && notice.error().code != "reader.bad_frame") std::abort();
  return 0;
}
