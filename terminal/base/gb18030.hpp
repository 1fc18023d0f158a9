// GB 18030, the character set of Chinese receipt printers.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

Result<Bytes> gb18030_from_utf8(std::string_view text);  // error "text.bad_utf8"
std::string utf8_from_gb18030(ByteView bytes);           // what cannot be read becomes U+FFFD

}  // namespace bianmin::printer
