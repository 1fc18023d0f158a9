#include "drivers/card/social/social_record.hpp"

#include <algorithm>
#include <array>

#include "drivers/card/id_number.hpp"
#include "terminal/base/gb18030.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::card {

namespace {

constexpr std::uint16_t ef05 = 0xEF05;
constexpr std::uint16_t ef06 = 0xEF06;
constexpr std::size_t header_byte_count = 2;  // id and length
constexpr std::size_t region_digit_count = 6;
constexpr std::size_t date_digit_count = 8;
constexpr std::size_t old_number_length = 15;
constexpr std::string_view replacement = "\uFFFD";

constexpr std::array<SocialRow, social_field_count> rows = {{
    {SocialField::identification, ef05, 0x01, 1, 16, SocialFormat::hex},
    {SocialField::card_class, ef05, 0x02, 2, 1, SocialFormat::text},
    {SocialField::version, ef05, 0x03, 3, 4, SocialFormat::text},
    {SocialField::issuer, ef05, 0x04, 4, 12, SocialFormat::hex},
    {SocialField::issued, ef05, 0x05, 5, 4, SocialFormat::date},
    {SocialField::valid_to, ef05, 0x06, 6, 4, SocialFormat::date},
    {SocialField::card_number, ef05, 0x07, 7, 9, SocialFormat::text},
    {SocialField::id_number, ef06, 0x08, 1, 18, SocialFormat::text},
    {SocialField::name, ef06, 0x09, 2, 30, SocialFormat::chinese},
    {SocialField::sex, ef06, 0x0A, 3, 1, SocialFormat::text},
    {SocialField::ethnicity, ef06, 0x0B, 4, 1, SocialFormat::digits},
    {SocialField::birth_place, ef06, 0x0C, 5, 3, SocialFormat::digits},
    {SocialField::birth, ef06, 0x0D, 6, 4, SocialFormat::date},
}};

SocialItem without(std::string_view code) { return {{}, code}; }

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Values are filled up on the right with zeros, ones or spaces.
ByteView without_padding(ByteView value) {
  const auto padding = [](std::uint8_t byte) { return byte == 0x00 || byte == 0xFF || byte == ' '; };
  while (!value.empty() && padding(value.back())) value = value.first(value.size() - 1);
  return value;
}

std::string upper_hex(ByteView value) {
  std::string text = to_hex(value);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// Half-bytes, filled up with F.
SocialItem half_bytes(ByteView value, bool decimal) {
  std::string text = upper_hex(value);
  text.erase(text.find_last_not_of('F') + 1);
  if (text.find_first_not_of('0') == std::string::npos) return without("card.no_content");
  if (decimal && !all_digits(text)) return without("card.unreadable");
  return {std::move(text), {}};
}

SocialItem date(ByteView value) {
  SocialItem item = half_bytes(value, true);
  if (!item.read()) return item;
  if (item.value.size() != date_digit_count) return without("card.unreadable");
  const Date day = {std::stoi(item.value.substr(0, 4)), std::stoi(item.value.substr(4, 2)),
                    std::stoi(item.value.substr(6, 2))};
  return day.valid() ? item : without("card.unreadable");
}

SocialItem plain_text(ByteView value) {
  value = without_padding(value);
  if (value.empty()) return without("card.no_content");
  const bool printable =
      std::all_of(value.begin(), value.end(), [](std::uint8_t byte) { return byte > 0x20 && byte < 0x7F; });
  return printable ? SocialItem{text_of(value), {}} : without("card.unreadable");
}

SocialItem chinese(ByteView value) {
  std::string text(trim(utf8_from_gb18030(without_padding(value))));
  if (text.empty()) return without("card.no_content");
  const bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (control || text.find(replacement) != std::string::npos) return without("card.unreadable");
  return {std::move(text), {}};
}

SocialItem checked(const SocialRow& row, SocialItem item) {
  if (!item.read()) return item;
  if (row.field == SocialField::sex) {
    return item.value.find_first_not_of("0129") == std::string::npos ? item : without("card.unreadable");
  }
  if (row.field != SocialField::id_number) return item;
  auto number =
      item.value.size() == old_number_length ? id_number_from_15(item.value) : parse_id_number(item.value);
  if (!number) return without("card.bad_number");
  return {std::move(number->text), {}};
}

}  // namespace

std::span<const SocialRow> social_rows() { return rows; }

std::string_view social_field_name(SocialField field) {
  constexpr std::array<std::string_view, social_field_count> names = {
      "identification", "card_class", "version", "issuer",    "issued",      "valid_to", "card_number",
      "id_number",      "name",       "sex",     "ethnicity", "birth_place", "birth"};
  return names[static_cast<std::size_t>(field)];
}

SocialItem parse_social_record(const SocialRow& row, ByteView record) {
  if (record.size() < header_byte_count || record[0] != row.id) return without("card.unreadable");
  const ByteView value = record.subspan(header_byte_count);
  if (record[1] != value.size() || value.size() > row.byte_max) return without("card.unreadable");
  switch (row.format) {
    case SocialFormat::hex:
      return half_bytes(value, false);
    case SocialFormat::digits:
      return half_bytes(value, true);
    case SocialFormat::text:
      return checked(row, plain_text(value));
    case SocialFormat::chinese:
      return chinese(value);
    case SocialFormat::date:
      return date(value);
  }
  return without("card.unreadable");
}

void check_social_card(SocialCard& card) {
  const SocialItem& identification = card.at(SocialField::identification);
  const std::string region = identification.value.substr(0, region_digit_count);
  if (region.size() == region_digit_count && all_digits(region)) card.region = region;
  SocialItem& item = card.at(SocialField::id_number);
  const auto number = parse_id_number(item.value);
  if (!number) return;
  const SocialItem& birth = card.at(SocialField::birth);
  const SocialItem& sex = card.at(SocialField::sex);
  const bool birth_agrees = !birth.read() || birth.value == number->birth.compact();
  const bool sex_agrees = !sex.read() || sex.value == "0" || sex.value == "9" || sex.value[0] == number->sex;
  if (!birth_agrees || !sex_agrees) item = without("card.bad_number");
}

}  // namespace bianmin::card
