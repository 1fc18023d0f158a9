// Text blocks of cards of every kind: no half person, and nothing on it that contradicts itself.
#include <cstdlib>

#include "drivers/card/foreigner_number.hpp"
#include "drivers/card/id_number.hpp"
#include "drivers/card/sdt/text_block.hpp"
#include "terminal/base/text.hpp"

using namespace bianmin;

namespace {

void must(bool right) {
  if (!right) std::abort();
}

void check(const card::IdCard& person) {
  must(person.kind != card::CardKind::unknown);
  must(!card::display_name(person).empty());
  must(person.birth.valid() && person.valid_from.valid() && person.birth <= person.valid_from);
  must(!person.valid_to || *person.valid_to >= person.valid_from);
  must(std::string_view("0129").find(person.sex) != std::string_view::npos);
  for (const std::string* text : {&person.name, &person.english_name, &person.address, &person.issuer,
                                  &person.permit_number, &person.issue_count}) {
    must(valid_utf8(*text) && text->find('\0') == std::string::npos);
  }
  if (person.kind == card::CardKind::foreigner_2017) {
    must(card::parse_foreigner_number(person.number).ok());
  } else {
    must(card::parse_id_number(person.number)->birth == person.birth);
  }
  must(person.former_number.empty() || card::parse_foreigner_number(person.former_number).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  if (const auto person = card::parse_text_block(bytes)) check(*person);
  if (size < card::further_address_byte_count) return 0;
  const auto address = card::parse_further_address(bytes.first(card::further_address_byte_count));
  if (address) must(valid_utf8(*address));
  return 0;
}
