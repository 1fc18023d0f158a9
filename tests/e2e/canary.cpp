#include "tests/e2e/canary.hpp"

#include <fcntl.h>
#include <iconv.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::e2e {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_byte_max = 64 * 1024 * 1024;
constexpr std::size_t block_byte_count = 4 * 1024 * 1024;

Bytes converted(const std::string& text, const char* to) {
  const iconv_t converter = ::iconv_open(to, "UTF-8");
  std::string in = text;
  Bytes out(text.size() * 4 + 8);
  char* in_at = in.data();
  std::size_t in_left = in.size();
  char* out_at = reinterpret_cast<char*>(out.data());
  std::size_t out_left = out.size();
  ::iconv(converter, &in_at, &in_left, &out_at, &out_left);
  ::iconv_close(converter);
  out.resize(out.size() - out_left);
  return out;
}

bool holds(ByteView bytes, const std::vector<Bytes>& needles) {
  if (bytes.empty()) return false;
  return std::ranges::any_of(needles, [&](const Bytes& needle) {
    return ::memmem(bytes.data(), bytes.size(), needle.data(), needle.size()) != nullptr;
  });
}

std::string proc_text(pid_t pid, const char* name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Bytes from one address to another, in blocks that overlap by the longest needle.
bool range_has(int memory, std::uint64_t from, std::uint64_t to, const std::vector<Bytes>& needles) {
  constexpr std::size_t overlap = 256;
  Bytes block(std::min<std::uint64_t>(block_byte_count, to - from));
  for (std::uint64_t at = from; at < to; at += block.size() - overlap) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), to - at));
    const ssize_t got = ::pread(memory, block.data(), wanted, static_cast<off_t>(at));
    if (got <= 0) return false;
    if (holds({block.data(), static_cast<std::size_t>(got)}, needles)) return true;
    if (wanted < block.size()) return false;
  }
  return false;
}

// The pages of one mapping that hold something, as the kernel's list of pages has it: a sanitizer maps
// gigabytes of which it uses little.
bool mapping_has(int memory, int pages, std::uint64_t from, std::uint64_t to,
                 const std::vector<Bytes>& needles) {
  constexpr std::uint64_t present_or_swapped = 3ULL << 62U;
  constexpr std::size_t entry_count_max = 64 * 1024;
  const std::uint64_t page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::vector<std::uint64_t> entries(entry_count_max);
  std::uint64_t used_from = from;
  std::uint64_t used_to = from;
  while (from < to) {
    const std::size_t wanted = std::min<std::size_t>((to - from) / page, entry_count_max);
    const ssize_t got = ::pread(pages, entries.data(), wanted * sizeof(std::uint64_t),
                                static_cast<off_t>(from / page * sizeof(std::uint64_t)));
    if (got <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof(std::uint64_t); ++i, from += page) {
      if ((entries[i] & present_or_swapped) == 0) continue;
      if (used_to != from) {
        if (used_to > used_from && range_has(memory, used_from, used_to, needles)) return true;
        used_from = from;
      }
      used_to = from + page;
    }
  }
  return used_to > used_from && range_has(memory, used_from, used_to, needles);
}

}  // namespace

std::vector<Bytes> encodings_of(const std::string& text) {
  return {bytes_of(text), converted(text, "UTF-16LE"), converted(text, "UTF-16BE"),
          converted(text, "GB18030")};
}

std::vector<std::string> files_with(const fs::path& folder, const std::vector<Bytes>& needles,
                                    const std::vector<std::string>& skip) {
  std::vector<std::string> out;
  for (auto it = fs::recursive_directory_iterator(folder); it != fs::recursive_directory_iterator(); ++it) {
    if (std::ranges::find(skip, it->path().filename().string()) != skip.end()) {
      it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file()) continue;
    const auto bytes = read_file(it->path(), file_byte_max);
    if (bytes && holds(*bytes, needles)) out.push_back(it->path().string());
  }
  return out;
}

bool memory_has(pid_t pid, const std::vector<Bytes>& needles) {
  const std::string folder = "/proc/" + std::to_string(pid);
  const FileDescriptor memory(::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
  const FileDescriptor pages(::open((folder + "/pagemap").c_str(), O_RDONLY | O_CLOEXEC));
  if (!memory.valid() || !pages.valid()) return false;
  const std::string maps = proc_text(pid, "maps");
  for (const std::string_view line : split(maps, '\n')) {
    unsigned long from = 0;
    unsigned long to = 0;
    char readable = 0;
    char writable = 0;
    if (std::sscanf(std::string(line).c_str(), "%lx-%lx %c%c", &from, &to, &readable, &writable) != 4)
      continue;
    // The sanitizer's shadow is terabytes of address space without anything in it that was written by us.
    if (readable != 'r' || writable != 'w' || to - from > (1UL << 34)) continue;
    if (mapping_has(memory.get(), pages.get(), from, to, needles)) return true;
  }
  return false;
}

std::vector<pid_t> processes(const std::string& program, const std::string& word) {
  std::vector<pid_t> out;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto pid = parse_number(entry.path().filename().string(), 2, 1 << 30);
    if (!pid) continue;
    std::error_code failed;
    const fs::path exe = fs::read_symlink(entry.path() / "exe", failed);
    const pid_t id = static_cast<pid_t>(*pid);
    if (failed || !exe.filename().string().starts_with(program)) continue;
    if (proc_text(id, "cmdline").find(word) != std::string::npos) out.push_back(id);
  }
  return out;
}

}  // namespace bianmin::e2e
