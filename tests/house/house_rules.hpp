// The rules of the house over its own source files: who may include whom, where third-party headers live, how
// long a file may be. ARCHITECTURE.md says why.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bianmin::house {

inline constexpr std::size_t file_lines_max = 450;

struct Breach {
  std::string file;  // from the root, "terminal/base/json.hpp"
  int line = 0;      // 0: the file as a whole
  std::string what;
};

// Breaches of one file. `path` is from the root; it decides what is allowed.
std::vector<Breach> check_file(const std::string& path, std::string_view text);

struct Survey {
  int files = 0;
  std::vector<Breach> breaches;
};

// All .hpp, .cpp, .h, .cc and .c files in terminal, drivers, ui, sync, image and tests below `root`.
Survey check_tree(const std::filesystem::path& root);

}  // namespace bianmin::house
