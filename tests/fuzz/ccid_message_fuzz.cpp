// Any bytes as the answer or the notice of a reader, or the answer of a token, are refused with a code or
// make sense.
#include <cstdlib>

#include "drivers/card/apdu.hpp"
#include "drivers/card/ccid/iccd_message.hpp"

using namespace bianmin;
using namespace bianmin::card;

namespace {

void of_token(ByteView bytes) {
  constexpr std::size_t data_byte_max = 32;
  constexpr int wait_max_ms = 655'350;
  const auto state = decode_iccd_state(bytes);
  if (!state && state.error().code != "reader.bad_frame") std::abort();
  if (const auto data = decode_iccd_data(bytes, data_byte_max); data && data->data.size() != bytes.size())
    std::abort();
  for (const auto& answer : {decode_iccd_block(bytes, data_byte_max), decode_iccd_slot_status(bytes)}) {
    if (!answer) {
      if (answer.error().code != "reader.bad_frame") std::abort();
      continue;
    }
    if (answer->wait_ms < 0 || answer->wait_ms > wait_max_ms) std::abort();
    if (answer->answer.status != CommandStatus::wants_time && answer->wait_ms != 0) std::abort();
    if (answer->answer.data.size() > data_byte_max) std::abort();
    if (answer->answer.status == CommandStatus::failed && ccid_error(answer->answer).code.empty())
      std::abort();
  }
}

}  // namespace

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
  of_token(bytes);
  const auto notice = decode_ccid_notice(bytes);
  if (!notice && notice.error().code != "reader.bad_frame") std::abort();
  return 0;
}
