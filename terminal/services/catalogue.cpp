#include "terminal/services/catalogue.hpp"

#include <algorithm>
#include <system_error>
#include <tuple>
#include <utility>

#include "terminal/services/package_loader.hpp"

namespace bianmin::services {

const Package* Catalogue::find(std::string_view id) const {
  const auto found =
      std::find_if(packages.begin(), packages.end(), [&](const Package& p) { return p.id == id; });
  return found == packages.end() ? nullptr : &*found;
}

static Result<std::vector<std::filesystem::path>> package_folders(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code failed;
  std::filesystem::directory_iterator entry(folder, failed);
  if (failed == std::errc::no_such_file_or_directory) {
    return Error{Remedy::call_staff, "catalogue.missing", folder.string()};
  }
  for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    std::error_code unknown;
    if (!entry->is_directory(unknown) || entry->path().filename().string().front() == '.') continue;
    if (out.size() == package_count_max) return Error{Remedy::refuse, "catalogue.too_many", folder.string()};
    out.push_back(entry->path());
  }
  if (failed) return Error{Remedy::call_staff, "catalogue.unreadable", folder.string()};
  std::sort(out.begin(), out.end());
  return out;
}

Result<Catalogue> load_catalogue(const std::filesystem::path& folder) {
  const auto folders = package_folders(folder);
  if (!folders) return folders.error();
  Catalogue catalogue;
  for (const auto& path : *folders) {
    auto package = load_package(path);
    if (!package) {
      catalogue.broken.push_back({path.filename().string(), package.error()});
    } else if (catalogue.find(package->id) != nullptr) {
      catalogue.broken.push_back({path.filename().string(),
                                  {Remedy::refuse, "catalogue.repeated_id", "another package has this id"}});
    } else {
      catalogue.packages.push_back(std::move(package).value());
    }
  }
  std::sort(catalogue.packages.begin(), catalogue.packages.end(), [](const Package& a, const Package& b) {
    return std::tie(a.order, a.id) < std::tie(b.order, b.id);
  });
  return catalogue;
}

}  // namespace bianmin::services
