// Where the keys lie that records are sealed to: the private halves in the folder `custody` of the hub's, for
// who has custody of them, and the public halves, *.pub, in the hub's folder itself. Those of a profile other
// than intl-1 in a folder of its name in each of the two.
//
//   seal.key seal-2.key seal-3.key …  each in its turn; terminals may still seal to the earlier ones
//   seal-4.token …                      one that is in a token (token.hpp)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::custody {

std::filesystem::path custody_folder(const std::filesystem::path& hub_folder);
std::filesystem::path profile_folder(const std::filesystem::path& folder, std::string_view profile);

// Without an ending.
std::string seal_key_name(std::uint64_t number);

// The numbers of the seal keys in a folder, the highest first. `ending`: ".key" or ".pub". Errors: those of
// files.
Result<std::vector<std::uint64_t>> seal_key_numbers(const std::filesystem::path& folder,
                                                    std::string_view ending);

}  // namespace bianmin::custody
