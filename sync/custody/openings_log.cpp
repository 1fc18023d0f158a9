#include "sync/custody/openings_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "terminal/base/config.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::custody {

namespace fs = std::filesystem;

namespace {

constexpr int aside_max = 1'000'000;

Error cannot_log(std::string why) { return {Remedy::call_staff, "custody.cannot_log", std::move(why)}; }

std::string line_of(const Opening& opening, const Clock& clock) {
  const Json line{
      {"utc", utc_stamp(clock.utc_ms())}, {"purpose", opening.purpose}, {"whom", opening.whom},
      {"uid", opening.peer.uid},          {"pid", opening.peer.pid},    {"records", opening.records},
      {"refused", opening.refused}};
  return json_text(line) + "\n";
}

// As long as it lives no other process writes.
class FileLock {
 public:
  explicit FileLock(int fd) : fd_(fd) {
    while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() { ::flock(fd_, LOCK_UN); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

std::vector<fs::path> files_aside(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with("openings-") && name.ends_with(".log")) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<std::unique_ptr<OpeningsLog>> OpeningsLog::open(const fs::path& custody_folder, const Clock& clock,
                                                       std::int64_t size_max) {
  std::unique_ptr<OpeningsLog> log(new OpeningsLog(custody_folder, clock, size_max));
  if (auto opened = log->reopen(); !opened) return opened.error();
  return log;
}

Result<void> OpeningsLog::reopen() {
  const fs::path path = folder_ / openings_name;
  file_.reset(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file_.valid()) return file_error(path, errno);
  return {};
}

// Under the file's lock.
Result<void> OpeningsLog::put_aside() {
  const auto files = files_aside(folder_);
  std::int64_t number = 1;
  if (!files.empty()) {
    const auto last = parse_number(files.back().stem().string().substr(9), 0, aside_max - 1);
    if (!last) return cannot_log("too many files, or a strange one: " + files.back().string());
    number = *last + 1;
  }
  const fs::path path = folder_ / openings_name;
  if (::rename(path.c_str(), (folder_ / fmt::format("openings-{:06}.log", number)).c_str()) != 0) {
    return file_error(path, errno);
  }
  return {};
}

Result<void> OpeningsLog::write(const Opening& opening) {
  const std::string line = line_of(opening, clock_);
  const std::lock_guard guard(mutex_);
  for (;;) {
    if (!file_.valid()) {
      if (auto opened = reopen(); !opened) return cannot_log(opened.error().text());
    }
    const FileLock lock(file_.get());
    struct stat mine {};
    struct stat named {};
    const bool there = ::fstat(file_.get(), &mine) == 0 &&
                       ::stat((folder_ / openings_name).c_str(), &named) == 0 && mine.st_ino == named.st_ino;
    if (there && mine.st_size < size_max_) {
      const ssize_t written = ::write(file_.get(), line.data(), line.size());
      if (written == static_cast<ssize_t>(line.size())) {
        if (opening.content && ::fdatasync(file_.get()) != 0)
          return cannot_log("it does not get to the disk");
        return {};
      }
      // Half a line would spoil the next one.
      if (written >= 0) (void)!::ftruncate(file_.get(), mine.st_size);
      return cannot_log("it cannot be written");
    }
    if (there) {
      if (auto done = put_aside(); !done) return cannot_log(done.error().text());
    }
    file_.reset();
  }
}

Result<void> read_openings(const fs::path& custody_folder,
                           const std::function<void(std::string_view line)>& each) {
  auto files = files_aside(custody_folder);
  files.push_back(custody_folder / openings_name);
  for (const fs::path& file : files) {
    std::ifstream in(file);
    if (!in && file != files.back()) return file_error(file, errno);
    for (std::string line; std::getline(in, line);) each(line);
  }
  return {};
}

}  // namespace bianmin::custody
