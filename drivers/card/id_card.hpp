// What a resident identity card says. Personal data: never logged.
#pragma once

#include <optional>
#include <string>

#include "terminal/base/clock.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

struct IdCard {
  std::string name;
  char sex = '0';         // GB/T 2261.1: '0' unknown, '1' male, '2' female, '9' not stated
  std::string ethnicity;  // GB/T 3304, two digits; "01" is Han
  Date birth;
  std::string address;
  std::string number;  // GB 11643, 18 characters, check digit verified
  std::string issuer;
  Date valid_from;
  std::optional<Date> valid_to;  // empty: long-term
  SecretBytes photo;             // 1,024 bytes as read; no open decoder exists
};

// Whether the card may not be used any more on `today`: its last day is still good.
bool expired(const IdCard& card, const Date& today);

}  // namespace bianmin::card
