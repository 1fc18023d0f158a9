#include "sync/stick/stick_file.hpp"

#include <algorithm>

#include "sync/record/cbor.hpp"
#include "sync/record/messages.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::stick {

namespace {

constexpr std::string_view format = "bm-stick-1";
constexpr std::size_t digest_size = 32;

// What every such file begins with: a map of six, and its format's name.
Bytes beginning() {
  record::CborWriter out;
  return out.map(6).uint(0).text(format).take();
}

}  // namespace

Bytes encode(const StickFile& file) {
  record::CborWriter out;
  out.map(6).uint(0).text(format).uint(1).uint(static_cast<std::uint64_t>(file.kind));
  out.uint(2).text(file.terminal_id).uint(3).uint(static_cast<std::uint64_t>(file.written_utc_ms));
  out.uint(4).array(file.items.size());
  for (const Bytes& item : file.items) out.bytes(item);
  out.uint(5).bytes(Bytes(digest_size));
  Bytes bytes = out.take();
  const std::size_t signed_size = bytes.size() - digest_size;
  std::ranges::copy(seal::sha256(ByteView(bytes).first(signed_size)), bytes.end() - digest_size);
  return bytes;
}

Result<StickFile> decode(ByteView bytes) {
  const Bytes begin = beginning();
  const std::size_t compared = std::min(begin.size(), bytes.size());
  if (compared == 0 || !std::ranges::equal(bytes.first(compared), ByteView(begin).first(compared))) {
    return Error{Remedy::refuse, "stick.not_one", "it does not begin like one"};
  }
  const Error torn{Remedy::refuse, "stick.torn", "cut off or damaged: write or copy it again"};
  if (bytes.size() < begin.size() + digest_size) return torn;
  const ByteView body = bytes.first(bytes.size() - digest_size);
  if (!std::ranges::equal(seal::sha256(body), bytes.last(digest_size))) return torn;
  record::CborReader in(bytes);
  in.map_exactly(6);
  in.key(0);
  (void)in.text(format.size());
  StickFile file;
  in.key(1);
  const auto kind = in.uint(static_cast<std::uint64_t>(StickKind::receipts));
  file.kind = static_cast<StickKind>(kind);
  in.key(2);
  file.terminal_id = in.text(record::record_name_size_max);
  in.key(3);
  file.written_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  in.key(4);
  const std::size_t count = in.array(stick_items_max);
  for (std::size_t at = 0; at < count && !in.failed(); ++at) {
    const ByteView item = in.bytes(record::upload_size_max);
    file.items.emplace_back(item.begin(), item.end());
  }
  in.key(5);
  (void)in.bytes_exactly(digest_size);
  if (!in.finished() || kind == 0) return Error{Remedy::refuse, "stick.not_one", "not canonical"};
  return file;
}

Result<void> write(const std::filesystem::path& path, const StickFile& file) {
  return write_file_durably(path, encode(file), 0600);
}

Result<StickFile> read(const std::filesystem::path& path, StickKind kind) {
  auto bytes = read_file(path, stick_file_bytes_max);
  if (!bytes) return bytes.error();
  auto file = decode(*bytes);
  if (file && file->kind != kind) {
    return Error{Remedy::refuse, "stick.other_kind",
                 kind == StickKind::records ? "it holds receipts" : "it holds records"};
  }
  return file;
}

}  // namespace bianmin::stick
