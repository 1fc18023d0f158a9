#include "drivers/printer/page/page_bitmap.hpp"

#include <algorithm>

#include "drivers/printer/page/pack_bits.hpp"

namespace bianmin::printer {

Result<void> PageBitmap::add_rows(ByteView grey) {
  const auto width = static_cast<std::size_t>(format_.width_px);
  if (width == 0 || grey.size() % width != 0 ||
      grey.size() / width > static_cast<std::size_t>(format_.height_px - row_count())) {
    return Error{Remedy::refuse, "page.bad_rows", "not the rows of this page"};
  }
  Bytes packed;
  for (std::size_t at = 0; at < grey.size(); at += width) {
    const ByteView row = grey.subspan(at, width);
    if (at > 0 && std::equal(row.begin(), row.end(), row.begin() - format_.width_px)) {
      starts_.push_back(starts_.back());
      continue;
    }
    packed.clear();
    pack_bits(row, packed);
    // Rows of two calls may be the same too.
    const bool again = !starts_.empty() && packed_.size() - starts_.back() == packed.size() &&
                       std::equal(packed.begin(), packed.end(), packed_.begin() + starts_.back());
    starts_.push_back(again ? starts_.back() : static_cast<std::uint32_t>(packed_.size()));
    if (!again) packed_.insert(packed_.end(), packed.begin(), packed.end());
  }
  wipe(packed.data(), packed.size());
  return {};
}

void PageBitmap::row(int y, std::span<std::uint8_t> grey) const {
  const std::size_t start = starts_[static_cast<std::size_t>(y)];
  (void)unpack_bits(ByteView(packed_).subspan(start), grey);
}

int PageBitmap::same_rows(int y, int count_max) const {
  const std::uint32_t start = starts_[static_cast<std::size_t>(y)];
  int count = 1;
  while (count < count_max && y + count < row_count() &&
         starts_[static_cast<std::size_t>(y + count)] == start) {
    ++count;
  }
  return count;
}

}  // namespace bianmin::printer
