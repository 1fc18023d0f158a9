#include "sync/record/document_parts.hpp"

#include <algorithm>
#include <utility>

namespace bianmin::record {

Result<std::vector<CaseRecord>> split_document(CaseRecord record, const std::function<RecordId()>& fresh_id) {
  std::vector<CaseRecord> records;
  if (!record.document || record.document->bytes.size() <= document_part_size_max) {
    records.push_back(std::move(record));
    return records;
  }
  const Document whole = std::move(*record.document);
  if (whole.bytes.size() > document_size_max) {
    return Error{Remedy::refuse, "record.document_too_large", std::to_string(whole.bytes.size()) + " bytes"};
  }
  const ByteView bytes = whole.bytes;
  const auto count = static_cast<std::uint32_t>((bytes.size() - 1) / document_part_size_max + 1);
  for (std::uint32_t number = 1; number <= count; ++number) {
    const std::size_t from = (number - 1) * document_part_size_max;
    const ByteView piece = bytes.subspan(from, std::min(document_part_size_max, bytes.size() - from));
    CaseRecord part = record;
    if (number > 1) part.id = fresh_id();
    part.document = Document{whole.media_type, Bytes(piece.begin(), piece.end()),
                             DocumentPart{record.id, number, count, bytes.size()}};
    records.push_back(std::move(part));
  }
  return records;
}

std::optional<Document> DocumentParts::add(Document document) {
  if (!document.part) return document;
  const DocumentPart part = *document.part;
  auto same = std::ranges::find_if(begun_, [&](const Begun& one) { return one.part.first == part.first; });
  if (same == begun_.end()) same = begun_.insert(same, {part, document.media_type, {}});
  if (same->part.count != part.count || same->part.document_size != part.document_size) return std::nullopt;
  if (same->media_type != document.media_type) return std::nullopt;
  same->bytes.try_emplace(part.number, std::move(document.bytes));
  if (same->bytes.size() < part.count) return std::nullopt;
  Document whole{std::move(same->media_type), {}, {}};
  for (const auto& [number, bytes] : same->bytes) append(whole.bytes, bytes);
  begun_.erase(same);
  if (whole.bytes.size() != part.document_size) return std::nullopt;
  return whole;
}

std::optional<DocumentParts::Progress> DocumentParts::unfinished() const {
  if (begun_.empty()) return std::nullopt;
  return Progress{static_cast<std::uint32_t>(begun_.front().bytes.size()), begun_.front().part.count};
}

}  // namespace bianmin::record
