// A command of any bytes that can be taken apart is put together to one that says the same.
#include <cstdlib>

#include "drivers/card/apdu.hpp"

using namespace bianmin;
using namespace bianmin::card;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto response = decode_response(bytes);
  if (response.ok() != (size >= 2 && size <= apdu_answer_byte_max + 2)) std::abort();
  const auto command = decode_apdu(bytes);
  if (!command) return command.error().code == "apdu.malformed" ? 0 : (std::abort(), 0);
  const auto encoded = encode_apdu(*command);
  if (!encoded || encoded->size() > size) std::abort();
  const auto again = decode_apdu(*encoded);
  if (!again || again->data != command->data || again->ins != command->ins) std::abort();
  if (again->expected != command->expected) std::abort();
  return 0;
}
