#include "sync/hub/commands/backup_commands.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "sync/hub/backup/adopt.hpp"
#include "sync/hub/backup/backup.hpp"

namespace bianmin::hub {

namespace {

constexpr std::int64_t told_each_bytes = 256LL << 20U;

// A line for each so many bytes of a large file; small ones pass in silence.
class Progress {
 public:
  void operator()(std::string_view what, std::int64_t done_bytes, std::int64_t total_bytes) {
    if (what != what_) told_bytes_ = 0;
    what_ = what;
    if (done_bytes - told_bytes_ < told_each_bytes) return;
    told_bytes_ = done_bytes;
    const std::string of = total_bytes > 0 ? fmt::format(" of {}", total_bytes >> 20U) : std::string();
    fmt::print(stderr, "{}: {}{} MiB\n", what, done_bytes >> 20U, of);
  }

 private:
  std::string what_;
  std::int64_t told_bytes_ = 0;
};

int tell(const Result<Manifest>& done, std::string_view what, const std::string& where) {
  if (!done) {
    fmt::print(stderr, "kiosk-hub: {}\n", done.error().text());
    return 1;
  }
  fmt::print("{} {} records in {} files: {}\n", what, done->contents.records, done->files.size(), where);
  for (const BackupTree& tree : done->contents.trees) {
    fmt::print("  tree {}: {} leaves, root {}\n", tree.profile, tree.size, tree.root);
  }
  return 0;
}

}  // namespace

int run_backup(const std::vector<std::string>& words) {
  Progress progress;
  const SystemClock clock;
  return tell(back_up_hub(words[1], words[2], clock, std::ref(progress)), "backed up", words[2]);
}

int run_adopt(const std::vector<std::string>& words) {
  const SystemClock clock;
  auto id = adopt_terminal(words[1], words[2], clock);
  if (!id) {
    fmt::print(stderr, "kiosk-hub: {}\n", id.error().text());
    return 1;
  }
  fmt::print("{} is let in again\n", *id);
  return 0;
}

int run_restore(const std::vector<std::string>& words, const Arguments& arguments) {
  Progress progress;
  const SystemClock clock;
  const RestoreRequest request{words[1], words[2], arguments.value("database"),
                               arguments.has("nothing-lost")};
  return tell(restore_hub(request, clock, std::ref(progress)), "restored", words[2]);
}

}  // namespace bianmin::hub
