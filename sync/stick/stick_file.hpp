// A file that carries sealed records to a hub, or its receipts back, on a USB stick: for places without a
// network. It holds nothing that is not protected by itself: uploads are sealed and signed by their terminal,
// receipts are signed by the hub.
//
// Canonical CBOR: {0: "bm-stick-1", 1: kind, 2: terminal id, 3: time of writing, 4: [items as byte strings],
// 5: SHA-256 over all bytes of the file before it}.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::stick {

enum class StickKind : std::uint8_t {
  records = 1,   // items are Uploads
  receipts = 2,  // items are signed receipts
};

constexpr std::string_view records_ending = ".records";
constexpr std::string_view receipts_ending = ".receipts";
constexpr std::size_t stick_items_max = 20'000;
constexpr std::size_t stick_file_bytes_wanted = 16U
                                                << 20U;  // then the next file begins: it is held in memory
constexpr std::size_t stick_file_bytes_max = 32U << 20U;

struct StickFile {
  StickKind kind = StickKind::records;
  std::string terminal_id;
  std::int64_t written_utc_ms = 0;
  std::vector<Bytes> items;
  bool operator==(const StickFile&) const = default;
};

Bytes encode(const StickFile& file);
// Errors (refuse): "stick.torn" (cut off or damaged: copy or write it again), "stick.not_one" (no such file).
Result<StickFile> decode(ByteView bytes);

// Whole or not at all, and on the stick when it returns. Errors: those of write_file_durably.
Result<void> write(const std::filesystem::path& path, const StickFile& file);
// Errors: those of read_file and decode; "stick.other_kind" (refuse).
Result<StickFile> read(const std::filesystem::path& path, StickKind kind);

}  // namespace bianmin::stick
