// Looks for a text in files and in the memory of processes, in every encoding it could have been left in.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::e2e {

// UTF-8, UTF-16LE, UTF-16BE and GB 18030.
std::vector<Bytes> encodings_of(const std::string& text);

// Files below `folder` that hold one of the needles; names in `skip` are passed over.
std::vector<std::string> files_with(const std::filesystem::path& folder, const std::vector<Bytes>& needles,
                                    const std::vector<std::string>& skip);

// Whether readable memory of the process holds one of the needles. Needs the right to trace it (root).
bool memory_has(pid_t pid, const std::vector<Bytes>& needles);

// Processes whose command line holds `word` and whose program's name begins with `program`.
std::vector<pid_t> processes(const std::string& program, const std::string& word);

}  // namespace bianmin::e2e
