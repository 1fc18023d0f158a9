#include "drivers/card/sdt/text_block.hpp"

#include <algorithm>
#include <array>

#include "drivers/card/foreigner_number.hpp"
#include "drivers/card/id_number.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::card {

namespace {

struct Field {
  std::size_t offset = 0;
  std::size_t byte_count = 0;  // 0: this kind of card has no such field
};

struct Layout {
  CardKind kind;
  char mark;
  Field name;
  Field english_name;
  Field english_name_rest;  // what did not fit into the first one
  Field sex;
  Field ethnicity;
  Field nationality;
  Field birth;
  Field address;
  Field number;
  Field issuer;
  Field valid_from;
  Field valid_to;
  Field permit_number;
  Field issue_count;
  Field former_link;
};

constexpr std::size_t mark_offset = 248;
constexpr std::string_view long_term = "长期";

constexpr std::array<Layout, 4> layouts = {{
    {.kind = CardKind::resident,
     .mark = ' ',
     .name = {0, 30},
     .english_name = {},
     .english_name_rest = {},
     .sex = {30, 2},
     .ethnicity = {32, 4},
     .nationality = {},
     .birth = {36, 16},
     .address = {52, 70},
     .number = {122, 36},
     .issuer = {158, 30},
     .valid_from = {188, 16},
     .valid_to = {204, 16},
     .permit_number = {},
     .issue_count = {},
     .former_link = {}},
    {.kind = CardKind::hong_kong_macao_taiwan,
     .mark = 'J',
     .name = {0, 30},
     .english_name = {},
     .english_name_rest = {},
     .sex = {30, 2},
     .ethnicity = {},
     .nationality = {},
     .birth = {36, 16},
     .address = {52, 70},
     .number = {122, 36},
     .issuer = {158, 30},
     .valid_from = {188, 16},
     .valid_to = {204, 16},
     .permit_number = {220, 18},
     .issue_count = {238, 4},
     .former_link = {}},
    {.kind = CardKind::foreigner_2017,
     .mark = 'I',
     .name = {158, 30},
     .english_name = {0, 120},
     .english_name_rest = {},
     .sex = {120, 2},
     .ethnicity = {},
     .nationality = {152, 6},
     .birth = {220, 16},
     .address = {},
     .number = {122, 30},
     .issuer = {},
     .valid_from = {188, 16},
     .valid_to = {204, 16},
     .permit_number = {},
     .issue_count = {},
     .former_link = {}},
    {.kind = CardKind::foreigner_2023,
     .mark = 'Y',
     .name = {0, 30},
     .english_name = {52, 70},
     .english_name_rest = {220, 22},
     .sex = {30, 2},
     .ethnicity = {},
     .nationality = {242, 6},
     .birth = {36, 16},
     .address = {},
     .number = {122, 36},
     .issuer = {},
     .valid_from = {188, 16},
     .valid_to = {204, 16},
     .permit_number = {},
     .issue_count = {32, 4},
     .former_link = {250, 6}},
}};

const Layout* layout_of(ByteView block) {
  if (block.size() != text_block_byte_count || block[mark_offset + 1] != 0) return nullptr;
  const auto* found =
      std::find_if(layouts.begin(), layouts.end(), [mark = block[mark_offset]](const Layout& each) {
        return static_cast<std::uint8_t>(each.mark) == mark;
      });
  return found == layouts.end() ? nullptr : found;
}

bool digits_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool letters_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Fields without their padding; what cannot be on a card makes all of it fail. A field that this kind does
// not have is empty.
class Fields {
 public:
  explicit Fields(ByteView block) : block_(block) {}

  std::string text(Field field, Field rest = {}) {
    const std::string whole = padded(field) + padded(rest);
    return std::string(trim(whole));
  }

  std::string needed_text(Field field) {
    std::string read = text(field);
    require(field.byte_count == 0 || !read.empty());
    return read;
  }

  // So many characters, all of which pass `is_right`.
  std::string code(Field field, std::size_t length, bool (*is_right)(std::string_view)) {
    std::string read = needed_text(field);
    require(read.empty() || (read.size() == length && is_right(read)));
    return read;
  }

  Date date(Field field) {
    const std::string digits = code(field, 8, digits_only);
    if (failed_) return {};
    const Date read = {std::stoi(digits.substr(0, 4)), std::stoi(digits.substr(4, 2)),
                       std::stoi(digits.substr(6, 2))};
    require(read.valid());
    return read;
  }

  std::optional<Date> end_date(Field field) {
    if (text(field) == long_term) return std::nullopt;
    return date(field);
  }

  void require(bool right) { failed_ = failed_ || !right; }
  bool failed() const { return failed_; }

 private:
  std::string padded(Field field) {
    auto read = utf8_from_utf16le(block_.subspan(field.offset, field.byte_count));
    const bool control = read && std::any_of(read->begin(), read->end(), [](char c) {
                           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
                         });
    require(read.ok() && !control);
    return failed_ ? std::string() : std::move(*read);
  }

  ByteView block_;
  bool failed_ = false;
};

Error unreadable(std::string_view why) { return {Remedy::ask_resident, "card.unreadable", std::string(why)}; }
Error bad_number(std::string_view why) { return {Remedy::ask_resident, "card.bad_number", std::string(why)}; }

// 18 characters. The sex that they say is compared on cards for citizens; whether a foreigner's sequence says
// it too was found in no source.
Result<void> check_number_of_18(IdCard& card) {
  const auto checked = parse_id_number(card.number);
  if (!checked) return bad_number(checked.error().code);
  const bool foreigner = card.kind == CardKind::foreigner_2023;
  const bool sex_told = card.sex == '1' || card.sex == '2';
  if (checked->birth != card.birth) return bad_number("number and birth differ");
  if (foreigner != (checked->text[0] == '9')) return bad_number("number and kind of card differ");
  if (!foreigner && sex_told && card.sex != checked->sex) return bad_number("number and sex differ");
  card.number = checked->text;
  return {};
}

Result<void> check_number_of_15(const IdCard& card) {
  const auto checked = parse_foreigner_number(card.number);
  if (!checked) return bad_number(checked.error().code);
  if (checked->nationality != card.nationality) return bad_number("number and nationality differ");
  if (checked->birth != card.birth.compact().substr(2)) return bad_number("number and birth differ");
  return {};
}

Result<void> check_number(IdCard& card, const std::string& former_link) {
  if (card.kind == CardKind::foreigner_2017) return check_number_of_15(card);
  if (auto checked = check_number_of_18(card); !checked) return checked;
  if (former_link.empty()) return {};
  const auto former = former_foreigner_number(card.number, card.nationality, former_link);
  if (!former) return bad_number("former number: " + std::string(former.error().code));
  card.former_number = *former;
  return {};
}

Result<IdCard> parse(ByteView block, const Layout& layout) {
  Fields fields(block);
  IdCard card;
  card.kind = layout.kind;
  card.name = fields.text(layout.name);
  card.english_name = fields.text(layout.english_name, layout.english_name_rest);
  const std::string sex = fields.text(layout.sex);
  card.sex = sex.size() == 1 ? sex[0] : '\0';
  card.ethnicity = fields.code(layout.ethnicity, 2, digits_only);
  card.nationality = fields.code(layout.nationality, 3, letters_only);
  card.birth = fields.date(layout.birth);
  card.address = fields.text(layout.address);
  card.number = fields.needed_text(layout.number);
  card.issuer = fields.text(layout.issuer);
  card.permit_number = fields.needed_text(layout.permit_number);
  card.issue_count = fields.text(layout.issue_count);
  card.valid_from = fields.date(layout.valid_from);
  card.valid_to = fields.end_date(layout.valid_to);
  const std::string former_link = fields.text(layout.former_link);
  const bool foreigner = layout.english_name.byte_count > 0;
  fields.require(foreigner ? !card.english_name.empty() : !card.name.empty());
  fields.require(std::string_view("0129").find(card.sex) != std::string_view::npos);
  if (fields.failed()) return unreadable("text block is not a card's");
  if (card.valid_to && *card.valid_to < card.valid_from) return unreadable("it ends before it begins");
  if (card.valid_from < card.birth) return unreadable("it is older than its holder");
  if (auto checked = check_number(card, former_link); !checked) return checked.error();
  return card;
}

}  // namespace

CardKind card_kind(ByteView text_block) {
  const Layout* layout = layout_of(text_block);
  return layout == nullptr ? CardKind::unknown : layout->kind;
}

Result<IdCard> parse_text_block(ByteView text_block) {
  if (text_block.size() != text_block_byte_count) return unreadable("text block has another length");
  const Layout* layout = layout_of(text_block);
  if (layout == nullptr) return Error{Remedy::ask_resident, "card.not_accepted", "an unknown kind of card"};
  return parse(text_block, *layout);
}

Result<std::string> parse_further_address(ByteView data) {
  if (data.size() != further_address_byte_count) return unreadable("further address has another length");
  Fields fields(data);
  std::string address = fields.text({0, further_address_byte_count});
  if (fields.failed()) return unreadable("further address is no text");
  return address;
}

}  // namespace bianmin::card
