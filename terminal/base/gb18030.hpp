// GB 18030 (GBK and GB 2312 are parts of it): the character set of receipt printers and of social security
// cards.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin {

Result<Bytes> gb18030_from_utf8(std::string_view text);  // error "text.bad_utf8"
std::string utf8_from_gb18030(ByteView bytes);           // what cannot be read becomes U+FFFD
// The same from any character set that iconv knows by that name; from an unknown one comes one U+FFFD.
std::string utf8_from_charset(ByteView bytes, const char* charset);

}  // namespace bianmin
