// Names of the ethnic groups, GB/T 3304.
#pragma once

#include <string_view>

namespace bianmin::card {

// "汉" for "01", without 族; empty for a code that the table does not have.
std::string_view ethnicity_name(std::string_view code);

}  // namespace bianmin::card
