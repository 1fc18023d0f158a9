// The files of a journal beside what SQLite does with them. Implementations: DiskFolder; tests have one that
// loses power.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::store {

enum class LockKind {
  shared,     // the journal is in use
  exclusive,  // nobody else has it open, and nobody opens it
};

// Names are those of files in the folder. Errors: those of files.
class JournalFolder {
 public:
  virtual ~JournalFolder() = default;
  virtual std::filesystem::path path(const std::string& name) const = 0;
  virtual const char* vfs() const = 0;  // for database::Options

  virtual Result<bool> exists(const std::string& name) const = 0;
  // At most `count` bytes from `at` on, fewer only at the end of the file.
  virtual Result<Bytes> read(const std::string& name, std::uint64_t at, std::size_t count) const = 0;
  virtual Result<void> put(const std::string& name, ByteView bytes) = 0;  // whole and durable
  virtual Result<void> touch(const std::string& name) = 0;                // there; any number at once
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;  // durable after sync()
  virtual Result<void> remove(const std::string& name) = 0;                         // a missing one is gone
  virtual Result<void> sync() = 0;

  // Held until the descriptor closes. Blocks up to `wait_ms`. Error "store.busy" (retry later).
  virtual Result<FileDescriptor> lock(const std::string& name, LockKind kind, int wait_ms) = 0;
};

class DiskFolder : public JournalFolder {
 public:
  explicit DiskFolder(std::filesystem::path folder);
  std::filesystem::path path(const std::string& name) const override { return folder_ / name; }
  const char* vfs() const override { return nullptr; }
  Result<bool> exists(const std::string& name) const override;
  Result<Bytes> read(const std::string& name, std::uint64_t at, std::size_t count) const override;
  Result<void> put(const std::string& name, ByteView bytes) override;
  Result<void> touch(const std::string& name) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& name) override;
  Result<void> sync() override;
  Result<FileDescriptor> lock(const std::string& name, LockKind kind, int wait_ms) override;

 private:
  Result<FileDescriptor> open_or_create(const std::string& name);

  std::filesystem::path folder_;
};

}  // namespace bianmin::store
