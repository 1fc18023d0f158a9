// A disk in memory that knows what a power cut may take.
//
// What is written is seen by everybody at once, as with the page cache of a real system; it is safe only
// after a sync. power_cut(seed) keeps what was synced; of the rest, each sector of 512 bytes is what it was
// at some moment since the last sync of its file: nothing, everything, torn writes, and a later write without
// an earlier one are all possible. So are the lengths of files (new room holds zeros or junk), and files
// whose making, renaming or removal was not made safe by a sync of the folder.
//
// Thread-bound. Paths are names: "a/b" needs no folder "a".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::test {

constexpr std::size_t disk_sector_bytes = 512;

// The bytes of one file, under whatever name.
struct DiskFile {
  struct Edit {
    std::size_t at = 0;
    Bytes bytes;  // empty: the file was cut to `size_after`
    std::size_t size_after = 0;
  };
  Bytes now;                // what programs read
  Bytes safe;               // what the last sync made safe
  std::vector<Edit> edits;  // since then, in order
};

enum class DiskFault {
  io_error,  // EIO: a failed write leaves its first half; what a failed sync should have saved never is safe
  full,      // ENOSPC: only calls that take room fail
};

class CrashDisk {
 public:
  // Cut points: each write, change of length, sync, new, renamed or removed file counts one.
  std::int64_t changes() const { return changes_; }
  // The power goes in the middle of that change, counted from 1: it may have taken effect or not. Every later
  // call fails and changes nothing, until power_cut().
  void cut_at(std::int64_t change) { cut_at_ = change; }
  bool off() const { return off_; }
  // Runs before each change, when nothing of it is there yet: for looking at every cut point in one run.
  void before_change(std::function<void()> look) { look_ = std::move(look); }

  // The power goes, and comes back. Whoever had a file open never gets anything from it again.
  void power_cut(std::uint64_t seed);
  // The same as a copy; this disk goes on.
  CrashDisk after_power_cut(std::uint64_t seed) const;
  std::uint64_t boots() const { return boots_; }

  // Calls, reading ones too, counted from 1: those from `first` on, `count` of them, fail.
  std::int64_t calls() const { return calls_; }
  void fail_calls(std::int64_t first, std::int64_t count, DiskFault fault);
  std::int64_t failed_calls() const { return failed_calls_; }
  enum class Takes { no_room, room };
  // To be asked before each call below on behalf of a program.
  std::optional<DiskFault> begin_call(Takes takes);

  // What programs do; false: the power is off, or there is no such file.
  std::shared_ptr<DiskFile> find(const std::string& path) const;
  std::shared_ptr<DiskFile> create(const std::string& path);
  bool write(DiskFile& file, std::size_t at, ByteView bytes);
  bool truncate(DiskFile& file, std::size_t size);
  bool sync(DiskFile& file);
  void fail_sync(DiskFile& file);
  bool rename(const std::string& from, const std::string& to);
  bool remove(const std::string& path);
  bool sync_folder(const std::string& folder);

  std::vector<std::string> names() const;
  // For tests that damage a file: safe at once, and no change that counts.
  void put(const std::string& path, Bytes bytes);

 private:
  using Names = std::map<std::string, std::shared_ptr<DiskFile>>;
  struct NameEdit {
    std::string path;  // made: with `file`; removed: without
    std::shared_ptr<DiskFile> file;
    std::string renamed_to;  // not empty: renamed
  };
  static void apply(Names& names, const NameEdit& edit);
  enum class Power { on, going, off };
  Power begin_change();

  Names names_;
  Names safe_names_;
  std::vector<NameEdit> name_edits_;
  std::int64_t changes_ = 0;
  std::int64_t cut_at_ = 0;
  bool off_ = false;
  std::uint64_t boots_ = 0;
  std::function<void()> look_;
  std::int64_t calls_ = 0;
  std::int64_t fail_first_ = 0;
  std::int64_t fail_count_ = 0;
  std::int64_t failed_calls_ = 0;
  DiskFault fault_ = DiskFault::io_error;
};

}  // namespace bianmin::test
