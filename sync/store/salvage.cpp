#include "sync/store/salvage.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "sync/record/messages.hpp"
#include "sync/seal/profile.hpp"

namespace bianmin::store {

namespace {

constexpr std::size_t page_bytes = 4096;  // what every journal is made with
constexpr std::size_t file_header_bytes = 100;
constexpr std::size_t wal_header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::uint8_t table_leaf = 0x0D;
constexpr std::size_t row_bytes_max = 2 * record::payload_size_max;
constexpr std::size_t columns_max = 32;
constexpr int unreadable_max = 10'000;
// Where an envelope is, these follow it in a row of `record` and of `salvaged`.
enum After : std::size_t { signature_after = 1, payload_after, receipt_after, state_after, code_after };

std::uint64_t varint(ByteReader& reader) {
  std::uint64_t value = 0;
  for (int count = 0; count < 8; ++count) {
    const std::uint8_t byte = reader.u8();
    value = (value << 7U) | (byte & 0x7FU);
    if ((byte & 0x80U) == 0) return value;
  }
  return (value << 8U) | reader.u8();
}

std::size_t column_bytes(std::uint64_t type) {
  constexpr std::size_t numbers[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < 12 ? numbers[type] : static_cast<std::size_t>((type - 12) / 2);
}

std::vector<ByteView> columns_of(ByteView row) {
  ByteReader reader(row);
  const std::uint64_t header_bytes = varint(reader);
  if (reader.failed() || header_bytes > row.size()) return {};
  std::vector<std::size_t> sizes;
  while (!reader.failed() && reader.position() < header_bytes && sizes.size() < columns_max) {
    const std::uint64_t type = varint(reader);
    if (type > 2 * row_bytes_max) return {};
    sizes.push_back(column_bytes(type));
  }
  std::vector<ByteView> values;
  for (const std::size_t size : sizes) values.push_back(reader.take(size));
  return reader.failed() ? std::vector<ByteView>() : values;
}

Bytes copy_of(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

std::optional<SalvagedRecord> record_in(ByteView row) {
  const std::vector<ByteView> values = columns_of(row);
  for (std::size_t at = 0; at + code_after < values.size(); ++at) {
    auto envelope = record::decode_envelope(values[at]);
    if (!envelope) continue;
    const ByteView payload = values[at + payload_after];
    const auto profile = seal::Profile::named(envelope->profile);
    const bool whole = profile && payload.size() == envelope->payload_size &&
                       (*profile)->digest(payload) == envelope->payload_digest;
    // Without its payload it is of use only when it went to the hub.
    if (!whole && (!payload.empty() || values[at + receipt_after].empty())) return std::nullopt;
    return SalvagedRecord{std::move(*envelope),
                          copy_of(values[at]),
                          copy_of(values[at + signature_after]),
                          copy_of(payload),
                          copy_of(values[at + receipt_after]),
                          text_of(values[at + state_after]),
                          text_of(values[at + code_after])};
  }
  return std::nullopt;
}

class Salvage {
 public:
  Salvage(const JournalFolder& folder, std::string name,
          const std::function<Result<void>(const SalvagedRecord&)>& take)
      : folder_(folder), name_(std::move(name)), take_(take) {}

  Result<SalvageCounts> run() {
    if (auto indexed = index_wal(); !indexed) return indexed.error();
    for (std::uint64_t at = 0;; at += page_bytes) {
      auto page = read(name_, at);
      if (!page && ++unreadable_ <= unreadable_max) continue;  // a bad place on the disk
      if (!page) return page.error();
      if (page->empty()) break;
      if (auto taken = take_page(*page, at == 0 ? file_header_bytes : 0); !taken) return taken.error();
    }
    for (const auto at : frames_) {
      auto page = read(name_ + "-wal", at);
      if (!page && ++unreadable_ <= unreadable_max) continue;
      if (!page) return page.error();
      if (auto taken = take_page(*page, 0); !taken) return taken.error();
    }
    return counts_;
  }

 private:
  // An empty page: the end of the file, or no file.
  Result<Bytes> read(const std::string& name, std::uint64_t at) const {
    auto there = folder_.exists(name);
    if (!there) return there.error();
    return *there ? folder_.read(name, at, page_bytes) : Bytes();
  }

  Result<void> index_wal() {
    for (std::uint64_t at = wal_header_bytes;; at += frame_header_bytes + page_bytes) {
      auto header = read(name_ + "-wal", at);
      if (!header) return header.error();
      if (header->size() < frame_header_bytes) return {};
      const std::uint64_t content = at + frame_header_bytes;
      newest_[ByteReader(*header).u32_be()] = content;
      frames_.push_back(content);
    }
  }

  Result<void> take_page(ByteView page, std::size_t header_at) {
    ++counts_.pages;
    ByteReader reader(page);
    reader.skip(header_at);
    if (reader.u8() != table_leaf) return {};
    reader.skip(2);
    const std::size_t cell_count = reader.u16_be();
    reader.skip(3);
    for (std::size_t cell = 0; cell < cell_count && cell < page_bytes / 2; ++cell) {
      const std::size_t at = reader.u16_be();
      if (reader.failed()) return {};
      if (at < page.size()) {
        if (auto taken = take_cell(page.subspan(at)); !taken) return taken;
      }
    }
    return {};
  }

  Result<void> take_cell(ByteView cell) {
    ByteReader reader(cell);
    const std::uint64_t size = varint(reader);
    (void)varint(reader);  // row id
    if (reader.failed() || size > row_bytes_max) return {};
    constexpr std::size_t local_most = page_bytes - 35;
    constexpr std::size_t local_least = (page_bytes - 12) * 32 / 255 - 23;
    const auto total = static_cast<std::size_t>(size);
    std::size_t local = total;
    if (total > local_most) {
      local = local_least + (total - local_least) % (page_bytes - 4);
      if (local > local_most) local = local_least;
    }
    const ByteView start = reader.take(local);
    const std::uint32_t next_page = local == total ? 0 : reader.u32_be();
    if (reader.failed()) return {};
    for (const bool newest : {true, false}) {
      if (const auto found = record_in(whole_row(start, total, next_page, newest))) {
        ++counts_.records;
        return take_(*found);
      }
      if (local == total) break;
    }
    return {};
  }

  // The rest of a long row is in a chain of pages: their newest versions, or those in the file itself.
  Bytes whole_row(ByteView start, std::size_t total, std::uint32_t next_page, bool newest) const {
    Bytes row = copy_of(start);
    while (row.size() < total && next_page != 0) {
      const auto frame = newest ? newest_.find(next_page) : newest_.end();
      const auto page = frame != newest_.end()
                            ? read(name_ + "-wal", frame->second)
                            : read(name_, (static_cast<std::uint64_t>(next_page) - 1) * page_bytes);
      if (!page) break;
      ByteReader reader(*page);
      next_page = reader.u32_be();
      if (reader.left() == 0) break;
      append(row, reader.take(std::min(total - row.size(), reader.left())));
    }
    return row;
  }

  const JournalFolder& folder_;
  const std::string name_;
  const std::function<Result<void>(const SalvagedRecord&)>& take_;
  std::map<std::uint32_t, std::uint64_t> newest_;  // page number to its last place in the WAL
  std::vector<std::uint64_t> frames_;
  int unreadable_ = 0;
  SalvageCounts counts_;
};

}  // namespace

Result<SalvageCounts> salvage_records(const JournalFolder& folder, const std::string& name,
                                      const std::function<Result<void>(const SalvagedRecord&)>& take) {
  return Salvage(folder, name, take).run();
}

}  // namespace bianmin::store
