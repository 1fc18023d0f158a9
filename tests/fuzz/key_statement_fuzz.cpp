// Any bytes as what the hub says about its key.
#include <cstdlib>

#include "sync/record/messages.hpp"
#include "sync/seal/numbered_key.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const seal::PrivateKey receipt_key = seal::PrivateKey::generate();
  const ByteView bytes(data, size);
  if (seal::read_key_statement(bytes, receipt_key.public_key())) std::abort();  // nobody signed it
  const auto statement = record::decode_key_statement(bytes);
  if (!statement) return 0;
  const Bytes body(bytes.begin(), bytes.end());
  if (record::encode(*statement) != body) std::abort();
  // The same again, signed, so that its point is looked at.
  const auto key = seal::read_key_statement(record::encode(record::Signed{body, receipt_key.sign(body)}),
                                            receipt_key.public_key());
  if (key && key->key.point() != statement->point) std::abort();
  return 0;
}
