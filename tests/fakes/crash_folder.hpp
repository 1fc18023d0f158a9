// A journal's files on a CrashDisk. There is one process, so that nobody else has a lock.
#pragma once

#include <algorithm>
#include <string>

#include "sync/store/journal_folder.hpp"
#include "tests/fakes/crash_vfs.hpp"

namespace bianmin::test {

class CrashFolder : public store::JournalFolder {
 public:
  CrashFolder(CrashVfs& vfs, std::string folder) : vfs_(vfs), folder_(std::move(folder)) {}
  std::filesystem::path path(const std::string& name) const override { return at(name); }
  const char* vfs() const override { return vfs_.name(); }

  Result<bool> exists(const std::string& name) const override {
    if (disk().begin_call(CrashDisk::Takes::no_room)) return failed();
    return disk().find(at(name)) != nullptr;
  }
  Result<Bytes> read(const std::string& name, std::uint64_t from, std::size_t count) const override {
    if (disk().begin_call(CrashDisk::Takes::no_room)) return failed();
    const auto file = disk().find(at(name));
    if (!file) return Error{Remedy::refuse, "file.missing", name};
    const auto start = static_cast<std::size_t>(std::min<std::uint64_t>(from, file->now.size()));
    const auto first = file->now.begin() + static_cast<std::ptrdiff_t>(start);
    return Bytes(first, first + static_cast<std::ptrdiff_t>(std::min(count, file->now.size() - start)));
  }
  Result<void> put(const std::string& name, ByteView bytes) override {
    if (disk().begin_call(CrashDisk::Takes::room)) return failed();
    const auto file = disk().create(at(name) + ".new");
    const bool done = file && disk().write(*file, 0, bytes) && disk().sync(*file) &&
                      disk().rename(at(name) + ".new", at(name)) && disk().sync_folder(folder_);
    return done ? Result<void>() : failed();
  }
  Result<void> touch(const std::string& name) override {
    if (disk().begin_call(CrashDisk::Takes::room)) return failed();
    return disk().create(at(name)) ? Result<void>() : failed();
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (disk().begin_call(CrashDisk::Takes::room)) return failed();
    return disk().rename(at(from), at(to)) ? Result<void>() : failed();
  }
  Result<void> remove(const std::string& name) override {
    if (disk().begin_call(CrashDisk::Takes::no_room)) return failed();
    if (!disk().find(at(name))) return {};
    return disk().remove(at(name)) ? Result<void>() : failed();
  }
  Result<void> sync() override {
    if (disk().begin_call(CrashDisk::Takes::room)) return failed();
    return disk().sync_folder(folder_) ? Result<void>() : failed();
  }
  Result<FileDescriptor> lock(const std::string&, store::LockKind, int) override { return FileDescriptor(); }

 private:
  CrashDisk& disk() const { return vfs_.disk(); }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  static Error failed() { return {Remedy::call_staff, "file.unusable", "the disk failed"}; }
  CrashVfs& vfs_;
  std::string folder_;
};

}  // namespace bianmin::test
