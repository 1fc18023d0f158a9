#include "terminal/kioskctl/card_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/card/ethnicity.hpp"
#include "terminal/base/text.hpp"
#include "terminal/services/mask.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::string_view hidden = "****";
constexpr std::size_t year_length = 4;
constexpr std::size_t address_characters_shown = 3;
constexpr std::size_t gap_columns = 2;

std::string sex_text(char code) {
  switch (code) {
    case '1':
    case 'M':
      return "male";
    case '2':
    case 'F':
      return "female";
    default:
      return "not stated";
  }
}

std::string ethnicity_text(const std::string& code) {
  const std::string_view name = card::ethnicity_name(code);
  return name.empty() ? code : fmt::format("{} ({})", name, code);
}

// "20180301" as people read it; anything else as it is.
std::string date_text(const std::string& digits) {
  if (digits.size() != 8) return digits;
  return fmt::format("{}-{}-{}", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2));
}

std::string date_text(const Date& date) { return date.valid() ? date.iso() : std::string(); }

void put(CardReport& to, std::string_view key, std::string_view label, std::string value, RowMask mask) {
  if (!value.empty()) to.rows.push_back({key, label, std::move(value), mask});
}

struct SocialRowText {
  card::SocialField field;
  std::string_view label;
  RowMask mask;
};
constexpr SocialRowText social_rows[] = {
    {card::SocialField::name, "name 姓名", RowMask::name},
    {card::SocialField::id_number, "number 社会保障号码", RowMask::number},
    {card::SocialField::sex, "sex 性别", RowMask::hidden},
    {card::SocialField::ethnicity, "ethnic group 民族", RowMask::hidden},
    {card::SocialField::birth, "born 出生日期", RowMask::date},
    {card::SocialField::birth_place, "birth place 出生地", RowMask::hidden},
    {card::SocialField::card_number, "card number 卡号", RowMask::hidden},
    {card::SocialField::identification, "identification 卡识别码", RowMask::hidden},
    {card::SocialField::card_class, "class 卡类别", RowMask::open},
    {card::SocialField::version, "version 规范版本", RowMask::open},
    {card::SocialField::issuer, "issuer 发卡机构", RowMask::open},
    {card::SocialField::issued, "issued 发卡日期", RowMask::open},
    {card::SocialField::valid_to, "valid to 有效期至", RowMask::open},
};

std::string social_value(card::SocialField field, const std::string& value) {
  switch (field) {
    case card::SocialField::sex:
      return sex_text(value.empty() ? '0' : value[0]);
    case card::SocialField::ethnicity:
      return ethnicity_text(value);
    case card::SocialField::birth:
    case card::SocialField::issued:
    case card::SocialField::valid_to:
      return date_text(value);
    default:
      return value;
  }
}

// Characters that a terminal draws two columns wide: the Chinese, Japanese and Korean blocks and full forms.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  const auto points = decode_utf8(text);
  if (!points) return text.size();
  for (const char32_t point : *points) columns += is_wide(point) ? 2 : 1;
  return columns;
}

std::string shown(const ReportRow& row, bool reveal) {
  if (!row.code.empty()) return fmt::format("({})", row.code);
  return reveal ? row.value : masked(row.mask, row.value);
}

}  // namespace

CardReport report_of(const card::IdCard& card) {
  CardReport report{std::string(card::card_kind_name(card.kind)), {}};
  put(report, "name", "name 姓名", card.name, RowMask::name);
  put(report, "english_name", "name in English 英文姓名", card.english_name, RowMask::name);
  put(report, "sex", "sex 性别", sex_text(card.sex), RowMask::hidden);
  put(report, "ethnicity", "ethnic group 民族", ethnicity_text(card.ethnicity), RowMask::hidden);
  put(report, "nationality", "nationality 国籍", card.nationality, RowMask::hidden);
  put(report, "birth", "born 出生日期", date_text(card.birth), RowMask::date);
  put(report, "address", "address 住址", card.address, RowMask::address);
  put(report, "further_address", "latest address 最新住址", card.further_address, RowMask::address);
  put(report, "number", "number 号码", card.number, RowMask::number);
  put(report, "former_number", "former number 原号码", card.former_number, RowMask::hidden);
  put(report, "permit_number", "permit 通行证号码", card.permit_number, RowMask::hidden);
  put(report, "issue_count", "times issued 签发次数", card.issue_count, RowMask::open);
  put(report, "issuer", "issuer 签发机关", card.issuer, RowMask::address);
  put(report, "valid_from", "valid from 有效期自", date_text(card.valid_from), RowMask::open);
  put(report, "valid_to", "valid to 有效期至", card.valid_to ? card.valid_to->iso() : "long-term 长期",
      RowMask::open);
  put(report, "photo_bytes", "photo 照片", fmt::format("{} bytes", card.photo.size()), RowMask::open);
  put(report, "fingerprint_bytes", "fingerprints 指纹", fmt::format("{} bytes", card.fingerprints.size()),
      RowMask::open);
  return report;
}

CardReport report_of(const card::SocialCard& card) {
  CardReport report{"social-security", {}};
  for (const SocialRowText& row : social_rows) {
    const card::SocialItem& item = card.at(row.field);
    ReportRow out{card::social_field_name(row.field), row.label, {}, row.mask, std::string(item.code)};
    if (item.read()) out.value = social_value(row.field, item.value);
    report.rows.push_back(std::move(out));
  }
  put(report, "region", "region 地区", card.region, RowMask::open);
  put(report, "environment", "environment 应用环境", std::string(card.environment), RowMask::open);
  return report;
}

std::string masked(RowMask mask, std::string_view value) {
  const auto points = decode_utf8(value);
  switch (mask) {
    case RowMask::open:
      return std::string(value);
    case RowMask::name:
      return services::mask_name(value);
    case RowMask::number:
      return services::mask_number(value);
    case RowMask::date:
      return std::string(value.substr(0, year_length)) + "-**-**";
    case RowMask::address:
      if (!points || points->size() <= address_characters_shown) break;
      return encode_utf8(points->substr(0, address_characters_shown)) + std::string(hidden);
    case RowMask::hidden:
      break;
  }
  return std::string(hidden);
}

std::string table_of(const CardReport& report, bool reveal) {
  std::size_t widest = 0;
  for (const ReportRow& row : report.rows) widest = std::max(widest, columns_of(row.label));
  const auto line = [&](std::string_view label, const std::string& value) {
    return fmt::format("{}{}{}\n", label, std::string(widest - columns_of(label) + gap_columns, ' '), value);
  };
  widest = std::max(widest, columns_of("card 证件"));
  std::string out = line("card 证件", report.kind);
  for (const ReportRow& row : report.rows) out += line(row.label, shown(row, reveal));
  return out;
}

Json json_of(const CardReport& report, bool reveal) {
  Json fields = Json::object();
  Json missing = Json::object();
  for (const ReportRow& row : report.rows) {
    if (row.code.empty()) {
      fields[std::string(row.key)] = shown(row, reveal);
    } else {
      missing[std::string(row.key)] = row.code;
    }
  }
  return {{"kind", report.kind},
          {"masked", !reveal},
          {"fields", std::move(fields)},
          {"missing", std::move(missing)}};
}

}  // namespace bianmin::kioskctl
