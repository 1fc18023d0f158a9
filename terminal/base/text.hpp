// UTF-8 and UTF-16LE, checked. Text inside the project is always valid UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin {

bool valid_utf8(std::string_view text);                   // no surrogates, no overlong forms, <= U+10FFFF
Result<std::u32string> decode_utf8(std::string_view text);  // error "text.bad_utf8"
std::string encode_utf8(std::u32string_view text);
Result<std::string> utf8_from_utf16le(ByteView bytes);    // errors "text.bad_utf16"
Result<Bytes> utf16le_from_utf8(std::string_view text);

std::string_view trim(std::string_view text);             // ASCII spaces and tabs and line ends, both sides
std::vector<std::string_view> split(std::string_view text, char separator);
std::string replace_all(std::string text, std::string_view what, std::string_view with);

}  // namespace bianmin
