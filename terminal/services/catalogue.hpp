// All the services of a terminal. One broken package never closes the others.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/result.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

inline constexpr std::size_t package_count_max = 500;

struct BrokenPackage {
  std::string folder;  // its name, without a path
  Error error;         // "package.*", or "catalogue.repeated_id"
};

struct Catalogue {
  std::vector<Package> packages;      // by `order`, then by id
  std::vector<BrokenPackage> broken;  // by folder

  const Package* find(std::string_view id) const;
};

// Every subfolder is a package (one without service.json is a broken one); names beginning with a dot are
// passed over. Of two packages with one id the folder that sorts first stays. Blocks on the disk. Errors:
// "catalogue.missing", "catalogue.unreadable", "catalogue.too_many".
Result<Catalogue> load_catalogue(const std::filesystem::path& folder);

}  // namespace bianmin::services
