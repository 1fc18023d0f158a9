#include "sync/store/stick_queue.hpp"

#include <fmt/format.h>

#include <cerrno>

#include <set>

#include "terminal/base/files.hpp"

namespace bianmin::store {

namespace {

namespace fs = std::filesystem;

constexpr int export_batch = 50;

using Place = std::pair<std::uint64_t, std::uint64_t>;  // epoch, seq

Result<Place> place_of(ByteView envelope) {
  auto read = record::decode_envelope(envelope);
  if (!read) return read.error();
  return Place{read->epoch, read->seq};
}

// Files that are torn or of other terminals say nothing; they are left alone, or written over under their
// name.
std::set<Place> places_on_stick(const fs::path& folder, const std::string& terminal_id) {
  std::set<Place> places;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (entry->path().extension() != stick::records_ending) continue;
    const auto file = stick::read(entry->path(), stick::StickKind::records);
    if (!file || file->terminal_id != terminal_id) continue;
    for (const Bytes& item : file->items) {
      const auto upload = record::decode_upload(item);
      if (!upload) continue;
      if (const auto place = place_of(upload->envelope)) places.insert(*place);
    }
  }
  return places;
}

class Exporter {
 public:
  Exporter(const Identity& identity, fs::path folder, const Clock& clock, const StickProgress& progress)
      : identity_(identity), folder_(std::move(folder)), clock_(clock), progress_(progress) {}

  Result<void> add(const PendingRecord& record, const Place& place) {
    Bytes item = record::encode(record.upload);
    const bool full =
        file_.items.size() >= stick::stick_items_max || bytes_ + item.size() > stick::stick_file_bytes_wanted;
    if (full) {
      if (auto done = close(); !done) return done;
    }
    if (file_.items.empty()) first_ = place;
    bytes_ += item.size();
    file_.items.push_back(std::move(item));
    return {};
  }

  Result<void> close() {
    if (file_.items.empty()) return {};
    file_.terminal_id = identity_.terminal_id;
    file_.written_utc_ms = clock_.utc_ms();
    const std::string name = fmt::format("bianmin-{}-{}-{:010}{}", identity_.terminal_id, first_.first,
                                         first_.second, stick::records_ending);
    if (auto done = stick::write(folder_ / name, file_); !done) return done;
    ++report.files;
    report.records += static_cast<std::int64_t>(file_.items.size());
    progress_(report.records);
    file_.items.clear();
    bytes_ = 0;
    return {};
  }

  StickExport report;

 private:
  const Identity& identity_;
  fs::path folder_;
  const Clock& clock_;
  const StickProgress& progress_;
  stick::StickFile file_;
  Place first_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<StickExport> export_queue(Journal& journal, Outbox& outbox, const fs::path& folder, const Clock& clock,
                                 const StickProgress& progress) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return file_error(folder, ENOENT);
  const std::set<Place> known = places_on_stick(folder, journal.identity().terminal_id);
  Exporter exporter(journal.identity(), folder, clock, progress);
  for (std::uint64_t after_seq = 0;;) {
    auto records = outbox.pending(export_batch, after_seq);
    if (!records) return records.error();
    for (const PendingRecord& record : *records) {
      auto place = place_of(record.upload.envelope);
      if (!place) return Error{Remedy::call_staff, "store.corrupt", "an envelope cannot be read"};
      after_seq = record.seq;
      if (known.contains(*place)) {
        ++exporter.report.already;
      } else if (auto done = exporter.add(record, *place); !done) {
        return done.error();
      }
    }
    if (!records->empty()) continue;
    if (auto done = exporter.close(); !done) return done.error();
    return exporter.report;
  }
}

Result<StickImport> import_receipts(Outbox& outbox, const fs::path& path, const StickProgress& progress) {
  auto file = stick::read(path, stick::StickKind::receipts);
  if (!file) return file.error();
  StickImport report;
  for (const Bytes& item : file->items) {
    auto receipt = outbox.settle(item);
    if (receipt) {
      ++report.settled;
      report.refused += receipt->status == record::ReceiptStatus::refused ? 1 : 0;
    } else if (receipt.error().code == "receipt.not_ours") {
      ++report.foreign;
    } else if (receipt.error().code.starts_with("store.")) {
      return receipt.error();
    } else {
      ++report.forged;
    }
    progress(report.settled);
  }
  return report;
}

}  // namespace bianmin::store
