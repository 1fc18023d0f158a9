// The families of ESC/POS commands, for escpos_reader.cpp alone. `bytes` begins with the introducer and has
// at least two bytes; empty: not complete yet.
#pragma once

#include "drivers/printer/escpos_reader.hpp"

namespace bianmin::printer::escpos {

using Found = std::optional<Step>;

Found read_esc(ByteView bytes);
Found read_fs(ByteView bytes);
Found read_gs(ByteView bytes);
Found read_gs_block(ByteView bytes);   // GS ( and GS 8: what says its own length
Found read_gs_bars(ByteView bytes);    // GS k
Found read_gs_raster(ByteView bytes);  // GS v, GS Q

inline Found known_length(ByteView bytes, std::size_t byte_count, Operation operation = Other{}) {
  if (bytes.size() < byte_count) return std::nullopt;
  return Step{byte_count, std::move(operation)};
}
inline int u8_at(ByteView bytes, std::size_t at) { return at < bytes.size() ? bytes[at] : 0; }
inline int u16_at(ByteView bytes, std::size_t at) { return u8_at(bytes, at) + u8_at(bytes, at + 1) * 256; }

// Columns of `column_bytes` bytes each, the top the highest bit, as a picture.
Bitmap picture_of_columns(ByteView columns, std::size_t column_bytes);

}  // namespace bianmin::printer::escpos
