// Any bytes as what the hub says about its key, as a numbered key's text and as a sealed key file.
#include <cstdlib>

#include "sync/record/messages.hpp"
#include "sync/seal/key_file.hpp"
#include "sync/seal/numbered_key.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const seal::PrivateKey receipt_key = seal::PrivateKey::generate();
  const ByteView bytes(data, size);
  if (seal::read_key_statement(bytes, receipt_key.public_key())) std::abort();  // nobody signed it
  const auto statement = record::decode_key_statement(bytes);
  if (statement && record::encode(*statement) != Bytes(bytes.begin(), bytes.end())) std::abort();
  // The same again, signed, so that its point is looked at.
  const Bytes body(bytes.begin(), bytes.end());
  const auto key = seal::read_key_statement(record::encode(record::Signed{body, receipt_key.sign(body)}),
                                            receipt_key.public_key());
  if (key && (!statement || key->key.point() != statement->point)) std::abort();
  const auto numbered = seal::numbered_key_from_pem(text_of(bytes));
  if (numbered && !seal::numbered_key_from_pem(seal::numbered_pem(*numbered))) std::abort();
  const auto nothing = [](const std::filesystem::path&) -> Result<Bytes> {
    return Error{Remedy::call_staff, "file.missing", {}};
  };
  // Without a trait the key is known, but nobody has sealed anything with it here.
  if (seal::open_sealed_key(bytes, nothing)) std::abort();
  return 0;
}
