#include "drivers/card/sdt/text_block.hpp"

#include <algorithm>

#include "drivers/card/id_number.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::card {

namespace {

struct Field {
  std::size_t offset;
  std::size_t byte_count;
};

// The resident card. The other kinds have tables of their own.
constexpr Field name = {0, 30};
constexpr Field sex = {30, 2};
constexpr Field ethnicity = {32, 4};
constexpr Field birth = {36, 16};
constexpr Field address = {52, 70};
constexpr Field number = {122, 36};
constexpr Field issuer = {158, 30};
constexpr Field valid_from = {188, 16};
constexpr Field valid_to = {204, 16};
constexpr std::size_t kind_offset = 248;
constexpr std::string_view long_term = "长期";

// One field without its padding; fails on what is no UTF-16.
class Fields {
 public:
  explicit Fields(ByteView block) : block_(block) {}

  std::string text(Field field) {
    auto read = utf8_from_utf16le(block_.subspan(field.offset, field.byte_count));
    if (!read || read->find('\0') != std::string::npos) {
      failed_ = true;
      return {};
    }
    return std::string(trim(*read));
  }

  Date date(Field field) {
    const std::string digits = text(field);
    const bool numeric = digits.size() == 8 && std::all_of(digits.begin(), digits.end(),
                                                           [](char c) { return c >= '0' && c <= '9'; });
    if (!numeric) {
      failed_ = true;
      return {};
    }
    const Date read = {std::stoi(digits.substr(0, 4)), std::stoi(digits.substr(4, 2)),
                       std::stoi(digits.substr(6, 2))};
    failed_ = failed_ || !read.valid();
    return read;
  }

  bool failed() const { return failed_; }

 private:
  ByteView block_;
  bool failed_ = false;
};

Result<IdCard> parse_resident(ByteView block) {
  Fields fields(block);
  IdCard card;
  card.name = fields.text(name);
  const std::string sex_code = fields.text(sex);
  card.sex = sex_code.size() == 1 ? sex_code[0] : '\0';
  card.ethnicity = fields.text(ethnicity);
  card.birth = fields.date(birth);
  card.address = fields.text(address);
  card.number = fields.text(number);
  card.issuer = fields.text(issuer);
  card.valid_from = fields.date(valid_from);
  if (fields.text(valid_to) != long_term) card.valid_to = fields.date(valid_to);
  const bool sex_known = std::string_view("0129").find(card.sex) != std::string_view::npos;
  if (fields.failed() || card.name.empty() || !sex_known) {
    return Error{Remedy::ask_resident, "card.unreadable", "text block is not a card's"};
  }
  const auto checked = parse_id_number(card.number);
  if (!checked) return Error{Remedy::ask_resident, "card.bad_number", std::string(checked.error().code)};
  const bool sex_agrees = card.sex == '0' || card.sex == '9' || card.sex == checked->sex;
  if (checked->birth != card.birth || !sex_agrees) {
    return Error{Remedy::ask_resident, "card.bad_number", "number and card differ"};
  }
  card.number = checked->text;
  return card;
}

}  // namespace

CardKind card_kind(ByteView text_block) {
  if (text_block.size() != text_block_byte_count) return CardKind::unknown;
  const unsigned mark = static_cast<unsigned>(text_block[kind_offset]) | text_block[kind_offset + 1] * 256U;
  switch (mark) {
    case ' ':
      return CardKind::resident;
    case 'I':
      return CardKind::foreigner_2017;
    case 'J':
      return CardKind::hong_kong_macao_taiwan;
    case 'Y':
      return CardKind::foreigner_2023;
    default:
      return CardKind::unknown;
  }
}

Result<IdCard> parse_text_block(ByteView text_block) {
  if (text_block.size() != text_block_byte_count) {
    return Error{Remedy::ask_resident, "card.unreadable", "text block has another length"};
  }
  if (card_kind(text_block) != CardKind::resident) {
    return Error{Remedy::ask_resident, "card.not_accepted", "another kind of card"};
  }
  return parse_resident(text_block);
}

}  // namespace bianmin::card
