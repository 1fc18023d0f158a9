#include <fmt/format.h>

#include <iterator>

#include "drivers/printer/page/pack_bits.hpp"
#include "drivers/printer/page/page_rows.hpp"
#include "drivers/printer/page/page_stream.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t piece_byte_count = 16'384;
constexpr int logical_page_left_px = 71;  // at 300 dpi, A4 upright; as much is missing on the right
constexpr int blank_rows_max = 32'767;

// Only what differs from the row above it. Each piece: how many bytes (1 to 8) and how far on, then the
// bytes.
Bytes delta_row(ByteView row, ByteView above) {
  constexpr std::size_t bytes_max = 8;
  constexpr std::size_t far = 31;
  Bytes out;
  std::size_t at = 0;
  std::size_t last_end = 0;
  while (at < row.size()) {
    if (row[at] == above[at]) {
      ++at;
      continue;
    }
    std::size_t count = 1;
    while (count < bytes_max && at + count < row.size() && row[at + count] != above[at + count]) ++count;
    std::size_t offset = at - last_end;
    out.push_back(static_cast<std::uint8_t>((count - 1) << 5U | std::min(offset, far)));
    if (offset >= far) {
      for (offset -= far; offset >= 255; offset -= 255) out.push_back(255);
      out.push_back(static_cast<std::uint8_t>(offset));
    }
    append(out, row.subspan(at, count));
    at += count;
    last_end = at;
  }
  return out;
}

class PclStream : public PageStream {
 public:
  PclStream(const std::vector<PageBitmap>& pages, int scale) : pages_(pages), scale_(scale) {}

  Bytes next() override {
    Bytes piece;
    if (page_ >= pages_.size()) return piece;
    const PageBitmap& page = pages_[page_];
    if (row_ == 0) begin_page(piece);
    while (row_ < page.row_count() && piece.size() < piece_byte_count) add_row(page, piece);
    if (row_ < page.row_count()) return piece;
    append(piece, view_of("\x1b*rC\f"));
    row_ = 0;
    if (++page_ == pages_.size())
      append(piece, view_of("\x1b"
                            "E"));
    return piece;
  }
  int finished_pages() const override {
    const bool rest_is_white = page_ < pages_.size() && row_ > 0 && white_from(pages_[page_], row_);
    return static_cast<int>(page_) + (rest_is_white ? 1 : 0);
  }

 private:
  int left_px() const { return logical_page_left_px * scale_; }
  int width_px() const { return pages_[page_].format().width_px * scale_ - 2 * left_px(); }

  void begin_page(Bytes& piece) {
    const int dpi = pages_[page_].format().dpi * scale_;
    // Reset, A4, upright, no margin above, no skipping of perforations; then dots as units.
    if (page_ == 0)
      append(piece, view_of(fmt::format("\x1b"
                                        "E\x1b&l26a0o0e0L\x1b&u{0}D\x1b*t{0}R",
                                        dpi)));
    const int height = pages_[page_].format().height_px * scale_;
    append(piece, view_of(fmt::format("\x1b*p0x0Y\x1b*r{}s{}T\x1b*r1A", width_px(), height)));
    above_.assign(static_cast<std::size_t>((width_px() + 7) / 8), 0);
    method_ = 0;
    blank_rows_ = 0;
  }

  void add_row(const PageBitmap& page, Bytes& piece) {
    Bytes grey(static_cast<std::size_t>(page.format().width_px));
    page.row(row_++, grey);
    const auto left = static_cast<std::size_t>(logical_page_left_px);
    const Bytes bits =
        black_bits(ByteView(grey).subspan(left, grey.size() - 2 * left), static_cast<std::size_t>(scale_));
    for (int i = 0; i < scale_; ++i) add_bits(bits, piece);
  }

  void add_bits(const Bytes& bits, Bytes& piece) {
    const auto last = std::find_if(bits.rbegin(), bits.rend(), [](std::uint8_t byte) { return byte != 0; });
    if (last == bits.rend()) {
      ++blank_rows_;
      return;
    }
    if (blank_rows_ > 0) {
      append(piece, view_of(fmt::format("\x1b*b{}Y", std::min(blank_rows_, blank_rows_max))));
      std::fill(above_.begin(), above_.end(), std::uint8_t{0});  // which it does to the printer's, too
      blank_rows_ = 0;
    }
    Bytes runs;
    pack_bits(ByteView(bits).first(static_cast<std::size_t>(std::distance(last, bits.rend()))), runs);
    const Bytes delta = delta_row(bits, above_);
    const int method = delta.size() < runs.size() ? 3 : 2;
    const Bytes& data = method == 3 ? delta : runs;
    if (method != method_) append(piece, view_of(fmt::format("\x1b*b{}m{}W", method, data.size())));
    if (method == method_) append(piece, view_of(fmt::format("\x1b*b{}W", data.size())));
    append(piece, data);
    method_ = method;
    above_ = bits;
  }

  const std::vector<PageBitmap>& pages_;
  int scale_;
  std::size_t page_ = 0;
  int row_ = 0;
  int method_ = 0;
  int blank_rows_ = 0;
  Bytes above_;
};

}  // namespace

std::unique_ptr<PageStream> pcl_stream(const std::vector<PageBitmap>& pages, int scale) {
  return std::make_unique<PclStream>(pages, scale);
}

}  // namespace bianmin::printer
