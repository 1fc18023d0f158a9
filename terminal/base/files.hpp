// Small whole-file helpers with clear errors.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin {

// Owns a descriptor; closes it at the end.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// Errors: "file.missing", "file.too_large" (more than `byte_max`), "file.unreadable".
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t byte_max);

// Replaces the file as a whole, durable when it returns: temporary file, fsync, rename, fsync of the folder.
// `mode` as in chmod. Errors: "file.disk_full", "file.read_only", "file.unwritable": the old file is untouched.
Result<void> write_file_durably(const std::filesystem::path& path, ByteView bytes, unsigned mode = 0644);

// The error for a failed system call on a file, with the stable code its errno deserves.
Error file_error(const std::filesystem::path& path, int errno_value);

}  // namespace bianmin
