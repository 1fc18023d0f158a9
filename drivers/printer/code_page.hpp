// Characters of printers that take one byte each. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace bianmin::printer {

// `page` as ESC t counts on Epson's printers and most others, `country` as ESC R does. UTF-8; what the page
// does not have, or a page that is not known, is U+FFFD.
std::string character_of(std::uint8_t byte, int page, int country);

}  // namespace bianmin::printer
