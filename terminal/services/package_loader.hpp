// Reads a service package and refuses it as a whole when anything about it is wrong.
//
// Blocks on the disk. Every error has the remedy `refuse`, a code "package.*" and a detail of the form
// "<file> <JSON pointer>: <what is expected>". Codes:
//   package.missing_file    service.json or a required language is not there
//   package.unreadable      it is there and cannot be read, or is larger than package_file_byte_max
//   package.bad_json        not JSON, a repeated key, too deep
//   package.missing_key, package.unknown_key, package.bad_value
//   package.bad_id, package.repeated_id, package.bad_icon, package.bad_item_code, package.unknown_device
//   package.bad_field, package.unknown_field, package.bad_rule, package.unknown_step, package.bad_steps,
//   package.unknown_card
//   package.bad_receipt, package.bad_results
//   package.bad_language, package.missing_string, package.unused_string, package.bad_string
//   package.bad_placeholder
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "terminal/base/result.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

inline constexpr std::size_t package_file_byte_max = std::size_t{256} * 1024;
inline constexpr std::size_t string_characters_max = 200;

Result<Package> load_package(const std::filesystem::path& folder);

// The same from memory: `strings` holds the text of each strings file by its language.
Result<Package> parse_package(std::string_view definition, const std::map<std::string, std::string>& strings);

}  // namespace bianmin::services
