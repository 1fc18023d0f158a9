#include "sync/store/journal_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace bianmin::store {

DiskFolder::DiskFolder(std::filesystem::path folder) : folder_(folder.empty() ? "." : std::move(folder)) {}

Result<bool> DiskFolder::exists(const std::string& name) const {
  std::error_code failed;
  const bool there = std::filesystem::exists(path(name), failed);
  if (failed) return file_error(path(name), failed.value());
  return there;
}

Result<Bytes> DiskFolder::read(const std::string& name, std::uint64_t at, std::size_t count) const {
  const FileDescriptor file(::open(path(name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return file_error(path(name), errno);
  Bytes bytes(count);
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got =
        ::pread(file.get(), bytes.data() + filled, count - filled, static_cast<off_t>(at + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path(name), errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<void> DiskFolder::put(const std::string& name, ByteView bytes) {
  return write_file_durably(path(name), bytes, 0600);
}

Result<void> DiskFolder::rename(const std::string& from, const std::string& to) {
  if (::rename(path(from).c_str(), path(to).c_str()) != 0) return file_error(path(from), errno);
  return {};
}

Result<void> DiskFolder::remove(const std::string& name) {
  if (::unlink(path(name).c_str()) != 0 && errno != ENOENT) return file_error(path(name), errno);
  return {};
}

Result<void> DiskFolder::sync() {
  const FileDescriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::fsync(folder.get()) != 0) return file_error(folder_, errno);
  return {};
}

Result<FileDescriptor> DiskFolder::open_or_create(const std::string& name) {
  FileDescriptor file(::open(path(name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.valid()) return file;
  if (errno == EROFS || errno == EACCES) return Error{Remedy::call_staff, "store.read_only", path(name)};
  if (errno == ENOSPC) return Error{Remedy::call_staff, "store.disk_full", path(name)};
  return file_error(path(name), errno);
}

Result<void> DiskFolder::touch(const std::string& name) {
  auto file = open_or_create(name);
  return file ? Result<void>() : file.error();
}

Result<FileDescriptor> DiskFolder::lock(const std::string& name, LockKind kind, int wait_ms) {
  constexpr int pause_ms = 10;
  auto file = open_or_create(name);
  if (!file) return file;
  const int operation = (kind == LockKind::exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
  for (int waited_ms = 0; ::flock(file->get(), operation) != 0; waited_ms += pause_ms) {
    if (errno != EWOULDBLOCK && errno != EINTR) return file_error(path(name), errno);
    if (waited_ms >= wait_ms) {
      return Error{Remedy::retry_later, "store.busy", "another process has the journal open"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
  return file;
}

}  // namespace bianmin::store
