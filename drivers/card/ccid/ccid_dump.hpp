// Text dumps of readers' descriptors, as people publish them: one field per line, "name: value". Pure;
// hostile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/card/ccid/ccid_descriptor.hpp"

namespace bianmin::card {

constexpr std::size_t ccid_dump_byte_max = std::size_t{1} * 1'024 * 1'024;

struct DumpedInterface {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::string product_name;
  CcidInterface interface;  // its class descriptor is put together again from the fields
};

// One entry per interface in the text, in its order. A class descriptor of which a field is missing or does
// not fit its place is none at all. Errors of Remedy::refuse: "ccid.dump_too_long", "ccid.not_a_dump" (no
// interface in it).
Result<std::vector<DumpedInterface>> parse_ccid_dump(std::string_view text);

}  // namespace bianmin::card
