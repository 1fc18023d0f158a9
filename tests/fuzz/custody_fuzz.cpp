// Requests to custody and its replies: what is read is written again to the very same bytes.
#include <cstdlib>

#include "sync/custody/requests.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto request = custody::decode_request(bytes);
  if (request && !std::ranges::equal(custody::encode(*request), bytes)) std::abort();
  const auto reply = custody::decode_reply(bytes);
  if (request && reply) std::abort();
  if (!reply) return 0;
  const Error* error = std::get_if<Error>(&*reply);  // an unknown code comes as another one
  const bool known = error == nullptr || error->code != "custody.away";
  if (known && !std::ranges::equal(custody::encode(*reply), bytes)) std::abort();
  return 0;
}
