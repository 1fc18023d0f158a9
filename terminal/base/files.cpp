#include "terminal/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bianmin {

int FileDescriptor::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Error file_error(const std::filesystem::path& path, int errno_value) {
  const std::string detail = path.string() + ": " + std::generic_category().message(errno_value);
  switch (errno_value) {
    case ENOENT: return {Remedy::refuse, "file.missing", detail};
    case ENOSPC:
    case EDQUOT: return {Remedy::call_staff, "file.disk_full", detail};
    case EROFS: return {Remedy::call_staff, "file.read_only", detail};
    default: return {Remedy::call_staff, "file.unusable", detail};
  }
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t byte_max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return file_error(path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode)) return file_error(path, EISDIR);
  Bytes out;
  std::uint8_t block[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, errno);
    if (got == 0) return out;
    if (out.size() + static_cast<std::size_t>(got) > byte_max) {
      return Error{Remedy::refuse, "file.too_large", path.string() + " is larger than " + std::to_string(byte_max)};
    }
    append(out, {block, static_cast<std::size_t>(got)});
  }
}

static int write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return 0;
}

static int sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return errno;
  return ::fsync(directory.get()) == 0 ? 0 : errno;
}

Result<void> write_file_durably(const std::filesystem::path& path, ByteView bytes, unsigned mode) {
  const std::filesystem::path temporary = path.string() + ".new";
  int failed = 0;
  {
    const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file.valid()) return file_error(path, errno);
    if (::fchmod(file.get(), mode) != 0) failed = errno;
    if (failed == 0) failed = write_all(file.get(), bytes);
    if (failed == 0 && ::fsync(file.get()) != 0) failed = errno;
  }
  if (failed == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) failed = errno;
  if (failed == 0) failed = sync_folder(path.parent_path());
  if (failed == 0) return {};
  ::unlink(temporary.c_str());
  return file_error(path, failed);
}

}  // namespace bianmin
