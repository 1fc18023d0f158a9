// What `kioskctl card read` shows of a card: rows of a name and a value, masked or not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/card/id_card.hpp"
#include "drivers/card/smart_card.hpp"
#include "drivers/card/social/social_card.hpp"
#include "sync/seal/trust_list.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::kioskctl {

// How much of a value is seen without --reveal. Whatever says something about the person has a mask.
enum class RowMask {
  open,     // about the card, not the person
  hidden,   // nothing
  name,     // the first character
  number,   // the first and the last four of 12 or more
  date,     // the year
  address,  // the first three characters
};

struct ReportRow {
  std::string_view key;  // in --json
  std::string_view label;
  std::string value;
  RowMask mask = RowMask::open;
  std::string code = {};  // why there is no value; empty: there is one
};

struct CardReport {
  std::string kind;  // "resident", "social-security", "eid", ...
  std::vector<ReportRow> rows;
};

CardReport report_of(const card::IdCard& card);
CardReport report_of(const card::SocialCard& card);

// Reads whatever known card this is: an eID, whose certificates are checked against `trusted` if there is a
// list, or a social security card. Blocking; errors of the reading, "card.not_accepted" for an unknown card.
Result<CardReport> read_smart_card(card::SmartCard& card, const seal::TrustList* trusted,
                                   std::int64_t utc_ms);

std::string masked(RowMask mask, std::string_view value);

// Columns are aligned for a terminal, where Chinese characters take two.
std::string table_of(const CardReport& report, bool reveal);
Json json_of(const CardReport& report, bool reveal);

}  // namespace bianmin::kioskctl
