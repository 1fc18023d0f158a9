#include "tests/fakes/crash_disk.hpp"

#include <algorithm>
#include <cstring>

namespace bianmin::test {

namespace {

class Dice {  // the same throws for the same seed on every machine
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }
  bool chance(unsigned percent) { return next() % 100 < percent; }

 private:
  std::uint64_t state_;
};

// How much of what was not synced reaches the disk, by seed: nothing, all, and between.
constexpr unsigned kept_percents[] = {0, 100, 50, 10, 90};

void apply_edit(Bytes& bytes, const DiskFile::Edit& edit) {
  bytes.resize(edit.size_after);
  if (!edit.bytes.empty()) std::memcpy(bytes.data() + edit.at, edit.bytes.data(), edit.bytes.size());
}

// The cache is replayed edit by edit; after each, any touched sector may be written back, and the length.
Bytes surviving(const DiskFile& file, Dice& dice, unsigned kept_percent) {
  if (file.edits.empty()) return file.safe;
  Bytes cache = file.safe;
  Bytes disk = file.safe;
  std::size_t size = disk.size();
  const bool junk = dice.chance(50);
  for (const DiskFile::Edit& edit : file.edits) {
    const std::size_t before = cache.size();
    apply_edit(cache, edit);
    if (disk.size() < cache.size()) disk.resize(cache.size(), junk ? 0xA5 : 0);
    if (dice.chance(kept_percent)) size = edit.size_after;
    const std::size_t first =
        edit.bytes.empty() || edit.at > before ? std::min(before, edit.size_after) : edit.at;
    const std::size_t end = edit.at + edit.bytes.size();
    for (std::size_t at = first / disk_sector_bytes * disk_sector_bytes; at < end; at += disk_sector_bytes) {
      if (!dice.chance(kept_percent)) continue;
      const auto from = static_cast<std::ptrdiff_t>(at);
      const auto to = static_cast<std::ptrdiff_t>(std::min(at + disk_sector_bytes, cache.size()));
      std::copy(cache.begin() + from, cache.begin() + to, disk.begin() + from);
    }
  }
  disk.resize(size);
  return disk;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

void CrashDisk::apply(Names& names, const NameEdit& edit) {
  if (edit.renamed_to.empty()) {
    if (edit.file) {
      names[edit.path] = edit.file;
    } else {
      names.erase(edit.path);
    }
    return;
  }
  const auto found = names.find(edit.path);
  if (found == names.end()) return;
  names[edit.renamed_to] = found->second;
  names.erase(edit.path);
}

CrashDisk::Power CrashDisk::begin_change() {
  if (off_) return Power::off;
  if (look_) look_();
  off_ = ++changes_ == cut_at_;
  return off_ ? Power::going : Power::on;
}

CrashDisk CrashDisk::after_power_cut(std::uint64_t seed) const {
  Dice dice(seed);
  const unsigned kept_percent = kept_percents[seed % std::size(kept_percents)];
  Names names = safe_names_;
  for (const NameEdit& edit : name_edits_) {
    if (dice.chance(kept_percent)) apply(names, edit);
  }
  CrashDisk after;
  for (const auto& [path, file] : names) after.put(path, surviving(*file, dice, kept_percent));
  after.boots_ = boots_ + 1;
  return after;
}

void CrashDisk::power_cut(std::uint64_t seed) { *this = after_power_cut(seed); }

void CrashDisk::fail_calls(std::int64_t first, std::int64_t count, DiskFault fault) {
  fail_first_ = first;
  fail_count_ = count;
  fault_ = fault;
}

std::optional<DiskFault> CrashDisk::begin_call(Takes takes) {
  if (off_) return DiskFault::io_error;
  ++calls_;
  if (fail_first_ == 0 || calls_ < fail_first_ || calls_ - fail_first_ >= fail_count_) return std::nullopt;
  if (fault_ == DiskFault::full && takes == Takes::no_room) return std::nullopt;
  ++failed_calls_;
  return fault_;
}

std::shared_ptr<DiskFile> CrashDisk::find(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() || off_ ? nullptr : found->second;
}

std::shared_ptr<DiskFile> CrashDisk::create(const std::string& path) {
  if (begin_change() == Power::off) return nullptr;
  const auto file = std::make_shared<DiskFile>();
  name_edits_.push_back({path, file, {}});
  apply(names_, name_edits_.back());
  return off_ ? nullptr : file;
}

bool CrashDisk::write(DiskFile& file, std::size_t at, ByteView bytes) {
  if (begin_change() == Power::off) return false;
  const std::size_t size_after = std::max(file.now.size(), at + bytes.size());
  file.edits.push_back({at, Bytes(bytes.begin(), bytes.end()), size_after});
  apply_edit(file.now, file.edits.back());
  return !off_;
}

bool CrashDisk::truncate(DiskFile& file, std::size_t size) {
  if (begin_change() == Power::off) return false;
  file.edits.push_back({0, {}, size});
  file.now.resize(size);
  return !off_;
}

bool CrashDisk::sync(DiskFile& file) {
  if (begin_change() != Power::on) return false;
  for (const DiskFile::Edit& edit : file.edits) apply_edit(file.safe, edit);
  file.edits.clear();
  return true;
}

void CrashDisk::fail_sync(DiskFile& file) {
  if (begin_change() != Power::off) file.edits.clear();
}

bool CrashDisk::rename(const std::string& from, const std::string& to) {
  if (!find(from) || begin_change() == Power::off) return false;
  name_edits_.push_back({from, nullptr, to});
  apply(names_, name_edits_.back());
  return !off_;
}

bool CrashDisk::remove(const std::string& path) {
  if (!find(path) || begin_change() == Power::off) return false;
  name_edits_.push_back({path, nullptr, {}});
  apply(names_, name_edits_.back());
  return !off_;
}

bool CrashDisk::sync_folder(const std::string& folder) {
  if (begin_change() != Power::on) return false;
  std::vector<NameEdit> others;
  for (NameEdit& edit : name_edits_) {
    if (folder_of(edit.path) == folder) {
      apply(safe_names_, edit);
    } else {
      others.push_back(std::move(edit));
    }
  }
  name_edits_ = std::move(others);
  return true;
}

std::vector<std::string> CrashDisk::names() const {
  std::vector<std::string> names;
  for (const auto& [path, file] : names_) names.push_back(path);
  return names;
}

void CrashDisk::put(const std::string& path, Bytes bytes) {
  const auto file = std::make_shared<DiskFile>();
  file->safe = bytes;
  file->now = std::move(bytes);
  names_[path] = file;
  safe_names_[path] = file;
}

}  // namespace bianmin::test
