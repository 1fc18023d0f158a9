#include "sync/custody/key_folder.hpp"

#include <algorithm>

#include "sync/record/envelope.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::custody {

namespace fs = std::filesystem;

fs::path custody_folder(const fs::path& hub_folder) { return hub_folder / "custody"; }

fs::path profile_folder(const fs::path& folder, std::string_view profile) {
  return profile == record::profile_international ? folder : folder / profile;
}

std::string seal_key_name(std::uint64_t number) {
  return number == 1 ? std::string("seal") : "seal-" + std::to_string(number);
}

Result<std::vector<std::uint64_t>> seal_key_numbers(const fs::path& folder, std::string_view ending) {
  std::vector<std::uint64_t> numbers;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().stem().string();
    if (entry->path().extension() != ending || !name.starts_with("seal")) continue;
    const auto number = parse_number(name.starts_with("seal-") ? name.substr(5) : "1", 1, INT64_MAX);
    if (number && name == seal_key_name(static_cast<std::uint64_t>(*number))) {
      numbers.push_back(static_cast<std::uint64_t>(*number));
    }
  }
  if (failed) return file_error(folder, failed.value());
  std::ranges::sort(numbers, std::greater());
  return numbers;
}

}  // namespace bianmin::custody
