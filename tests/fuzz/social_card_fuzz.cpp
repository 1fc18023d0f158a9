// A social security card of any answers, and records of any bytes: every item was read and makes sense, or
// says why not.
#include <cstdlib>

#include "drivers/card/id_number.hpp"
#include "drivers/card/social/social_record.hpp"
#include "terminal/base/text.hpp"
#include "tests/fakes/direct_card.hpp"
#include "tests/fuzz/hostile_card.hpp"

using namespace bianmin;
using namespace bianmin::card;

namespace {

void check(const SocialItem& item) {
  if (item.read() == item.value.empty() || !valid_utf8(item.value)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  for (const SocialRow& row : social_rows()) check(parse_social_record(row, bytes));
  HostileCard model({0x3B, 0x00}, bytes);
  DirectCard card(model);
  const auto read = read_social_card(card);
  if (!read) return 0;
  for (const SocialItem& item : read->items) check(item);
  if (read->has_person() && !parse_id_number(read->at(SocialField::id_number).value)) std::abort();
  return 0;
}
