#include "sync/hub/ingest/stick_import.hpp"

namespace bianmin::hub {

Result<StickImport> import_stick(IngestBatch& ingest, const Clock& clock, const std::filesystem::path& path,
                                 const std::filesystem::path& receipts_path,
                                 const std::function<void(std::int64_t)>& progress) {
  auto file = stick::read(path, stick::StickKind::records);
  if (!file) return file.error();
  StickImport report;
  stick::StickFile answer{stick::StickKind::receipts, file->terminal_id, clock.utc_ms(), {}};
  std::vector<Arriving> arriving;
  for (const Bytes& item : file->items) {
    arriving.push_back({file->terminal_id, item});
    if (arriving.size() < ingest_batch_max && &item != &file->items.back()) continue;
    for (auto& receipt : ingest.take(arriving)) {
      if (receipt) {
        answer.items.push_back(std::move(receipt).value());
      } else if (!receipt.error().code.starts_with("hub.")) {
        return receipt.error();
      } else {
        ++report.refused[std::string(receipt.error().code)];
      }
      progress(++report.records);
    }
    arriving.clear();
  }
  if (auto done = stick::write(receipts_path, answer); !done) return done.error();
  report.receipts = static_cast<std::int64_t>(answer.items.size());
  return report;
}

}  // namespace bianmin::hub
