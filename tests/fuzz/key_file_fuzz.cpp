// Any bytes as a numbered key's text and as a sealed key file.
#include <cstdlib>

#include "sync/seal/key_file.hpp"
#include "sync/seal/numbered_key.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto numbered = seal::numbered_key_from_pem(text_of(bytes));
  if (numbered && !seal::numbered_key_from_pem(seal::numbered_pem(*numbered))) std::abort();
  const auto nothing = [](const std::filesystem::path&) -> Result<Bytes> {
    return Error{Remedy::call_staff, "file.missing", {}};
  };
  // Without a trait the key is known, but nobody has sealed anything with it here.
  if (seal::open_sealed_key(bytes, nothing)) std::abort();
  return 0;
}
