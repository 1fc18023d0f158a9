#include "sync/hub/backup/backup_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::hub {

namespace {

namespace fs = std::filesystem;

Error strange_file(const fs::path& path) { return {Remedy::refuse, "backup.strange_file", path.string()}; }

constexpr const char* temporary_folder = "tmp";  // what is in it comes and goes

bool is_left_out(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("hub.db") || name.ends_with(".new") || name.ends_with(".tsq") ||
         name.ends_with(".tsr");
}

// Gives every piece to `take`, and its digest and size at the end.
Result<BackupFile> read_pieces(const fs::path& path, const std::string& name, const BackupProgress& progress,
                               const std::function<Result<void>(ByteView)>& take) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!file.valid() || ::fstat(file.get(), &info) != 0) return file_error(path, errno);
  seal::Sha256 hash;
  BackupFile facts{name, 0, {}};
  Bytes piece(backup_piece_size);
  for (;;) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, errno);
    if (got == 0) break;
    const ByteView bytes(piece.data(), static_cast<std::size_t>(got));
    if (auto done = take(bytes); !done) return done.error();
    hash.update(bytes);
    facts.size += bytes.size();
    progress(name, static_cast<std::int64_t>(facts.size), info.st_size);
  }
  facts.sha256 = hash.finish();
  return facts;
}

Result<void> write_piece(int fd, const fs::path& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return file_error(path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> make_folders(const fs::path& folder) {
  std::error_code failed;
  if (folder.empty() || fs::is_directory(folder, failed)) return {};
  if (auto done = make_folders(folder.parent_path()); !done) return done;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_error(folder, errno);
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  const FileDescriptor open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open_folder.valid() || ::fsync(open_folder.get()) != 0) return file_error(folder, errno);
  return {};
}

}  // namespace

bool valid_backup_name(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos) return false;
  return std::ranges::all_of(
      split(name, '/'), [](std::string_view word) { return !word.empty() && word != "." && word != ".."; });
}

Result<std::vector<std::string>> list_hub_files(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const bool link_to_folder = entry->is_symlink(failed) && entry->is_directory(failed);
    if (link_to_folder || names.size() >= backup_files_max) return strange_file(entry->path());
    if (entry->path() == folder / temporary_folder) entry.disable_recursion_pending();
    if (!entry->is_regular_file(failed) || is_left_out(entry->path())) continue;
    names.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  if (failed) return file_error(folder, failed.value());
  std::ranges::sort(names);
  return names;
}

Result<BackupFile> copy_backup_file(const fs::path& from, const fs::path& to, const std::string& name,
                                    const BackupProgress& progress) {
  if (auto made = make_folders(to.parent_path()); !made) return made.error();
  const FileDescriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) return file_error(to, errno);
  auto facts =
      read_pieces(from, name, progress, [&](ByteView bytes) { return write_piece(file.get(), to, bytes); });
  if (facts && ::fsync(file.get()) != 0) return file_error(to, errno);
  return facts;
}

Result<BackupFile> read_backup_file(const fs::path& path, const std::string& name,
                                    const BackupProgress& progress) {
  return read_pieces(path, name, progress, [](ByteView) { return Result<void>(); });
}

Result<BackupFile> settle_backup_file(const fs::path& path, const std::string& name,
                                      const BackupProgress& progress) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() || ::fchmod(file.get(), 0600) != 0 || ::fsync(file.get()) != 0) {
    return file_error(path, errno);
  }
  return read_backup_file(path, name, progress);
}

Result<void> make_backup_folder(const fs::path& folder) {
  std::error_code failed;
  if (fs::exists(folder, failed) && !(fs::is_directory(folder, failed) && fs::is_empty(folder, failed))) {
    return Error{Remedy::refuse, "backup.exists",
                 folder.string() + " is there already: nothing is overwritten"};
  }
  if (auto made = make_folders(folder); !made) return made;
  if (::chmod(folder.c_str(), 0700) != 0) return file_error(folder, errno);
  return {};
}

Result<void> sync_backup_folders(const fs::path& folder) {
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (!entry->is_directory(failed)) continue;
    if (auto done = sync_folder(entry->path()); !done) return done;
  }
  if (failed) return file_error(folder, failed.value());
  if (auto done = sync_folder(folder); !done) return done;
  return sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
}

}  // namespace bianmin::hub
