// The lines of a slip, as a package lays them out and as they are handed to whoever prints.
//
// In a Package the texts are templates: either the key of a string, or one placeholder such as "{case_no}".
// From Form::receipt_lines() they are finished text. A slip never carries personal data: the loader lets only
// the placeholders of `receipt_placeholders` through.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>

namespace bianmin::services {

enum class ReceiptAlign { left, center, right };

struct ReceiptText {
  std::string text;
  ReceiptAlign align = ReceiptAlign::left;
  int scale = 1;  // 1 or 2
  bool bold = false;
};
struct ReceiptLabel {
  std::string label;
  std::string value;
};
struct ReceiptRule {};
struct ReceiptQr {
  std::string text;
};
struct ReceiptFeed {
  int lines = 1;
};

using ReceiptLine = std::variant<ReceiptText, ReceiptLabel, ReceiptRule, ReceiptQr, ReceiptFeed>;

// "service" and "result_time" are filled from the package, the others are the caller's.
inline constexpr std::array<std::string_view, 7> receipt_placeholders = {
    "case_no", "qr", "service", "site", "terminal", "result_time", "time"};

}  // namespace bianmin::services
