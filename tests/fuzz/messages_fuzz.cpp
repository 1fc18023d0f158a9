// Envelopes, and every message between terminal and hub: what is read is written again to the very same
// bytes, and no bytes are two kinds of message.
#include <cstdlib>

#include "sync/record/messages.hpp"

using namespace bianmin;

namespace {

template <typename Decode, typename Encode>
int check(ByteView bytes, Decode decode, Encode encode) {
  const auto message = decode(bytes);
  if (!message) return 0;
  if (encode(*message) != Bytes(bytes.begin(), bytes.end())) std::abort();
  return 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto encode = [](const auto& message) { return record::encode(message); };
  int kinds = 0;
  kinds += check(bytes, record::decode_envelope, encode);
  kinds += check(bytes, record::decode_signed, encode);
  kinds += check(bytes, record::decode_upload, encode);
  kinds += check(bytes, record::decode_receipt, encode);
  kinds += check(bytes, record::decode_ask_request, encode);
  kinds += check(bytes, record::decode_case_state, encode);
  kinds += check(bytes, record::decode_second_case_state, record::encode_second);
  kinds += check(bytes, record::decode_third_case_state, record::encode_third);
  kinds += check(bytes, record::decode_certificate_piece, encode);
  kinds += check(bytes, record::decode_states, record::encode_states);
  kinds += check(bytes, record::decode_second_states, record::encode_second_states);
  kinds += check(bytes, record::decode_second_case_list, record::encode_second_case_list);
  kinds += check(bytes, record::decode_case_list, record::encode_case_list);
  kinds += check(bytes, record::decode_key_statement, encode);
  kinds += check(bytes, record::decode_head_ask, encode);
  kinds += check(bytes, record::decode_head, encode);
  kinds += check(bytes, record::decode_time, record::encode_time);
  kinds += check(bytes, record::decode_renew_request, encode);
  kinds += check(bytes, record::decode_certificate, record::encode_certificate);
  if (kinds > 1) std::abort();
  return 0;
}
