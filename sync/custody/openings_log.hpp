// The list of what was opened, for what and for whom: DIR/custody/openings.log, one JSON object per line, and
// nothing comes out of custody that is not on it. It has record numbers, codes, names of departments and of
// operators; no personal data, and no case number.
//
//   {"utc":"2026-11-26T…Z","purpose":"filing","whom":"civil-affairs","uid":0,"pid":4711,
//    "records":["0011…"],"refused":{}}
//
// A judged batch is one line that names each of its records (38 bytes each); "refused" has the codes of those
// that are not good. An ask is named by a digest of its sealed bytes. At openings_size_max a file is put
// aside as openings-000001.log, openings-000002.log, …; how long they are kept is for operators to decide.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>

#include "sync/custody/frames.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::custody {

constexpr std::int64_t openings_size_max = 64 << 20;
constexpr std::string_view openings_name = "openings.log";

struct Opening {
  std::string purpose;
  std::string whom;
  Peer peer;
  std::vector<std::string> records;              // ids in hexadecimal
  std::map<std::string, std::string> refused{};  // codes, by id
  bool content = false;                          // something of it leaves custody: on disk first
};

// Thread-safe. Several processes may write to one folder.
class OpeningsLog {
 public:
  // Errors: those of files.
  static Result<std::unique_ptr<OpeningsLog>> open(const std::filesystem::path& custody_folder,
                                                   const Clock& clock,
                                                   std::int64_t size_max = openings_size_max);
  // Blocks for the disk. Error "custody.cannot_log" (call staff): then it must not leave.
  Result<void> write(const Opening& opening);

 private:
  OpeningsLog(std::filesystem::path folder, const Clock& clock, std::int64_t size_max)
      : folder_(std::move(folder)), clock_(clock), size_max_(size_max) {}
  Result<void> reopen();
  Result<void> put_aside();
  std::filesystem::path folder_;
  const Clock& clock_;
  std::int64_t size_max_;
  std::mutex mutex_;
  FileDescriptor file_;
};

// Each line, the oldest first. Errors: those of files.
Result<void> read_openings(const std::filesystem::path& custody_folder,
                           const std::function<void(std::string_view line)>& each);

}  // namespace bianmin::custody
