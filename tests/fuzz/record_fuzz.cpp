// What is read as a record has one encoding: it is written again to the very same bytes, and so is its
// statement.
#include <cstdlib>

#include "sync/record/statement.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  auto record = record::decode_case_record(bytes);
  if (!record) return 0;
  const auto again = record::encode(*record);
  if (!again || Bytes(bytes.begin(), bytes.end()) != *again) std::abort();
  const auto statement = record::statement_of(*record);
  record->case_no = "00000420000178";
  record->signature.reset();
  const auto same = record::statement_of(std::move(*record));
  if (!statement || !same || *statement != *same) std::abort();
  return 0;
}
