#include "drivers/printer/page/pack_bits.hpp"
#include "drivers/printer/page/page_rows.hpp"
#include "drivers/printer/page/page_stream.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t header_byte_count = 1'796;
constexpr std::size_t piece_byte_count = 16'384;
constexpr int line_repeat_max = 256;

// The header's fields are at fixed places; all others are zero.
class HeaderWriter {
 public:
  HeaderWriter& text(std::size_t at, std::string_view value) {
    std::copy(value.begin(), value.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
    return *this;
  }
  HeaderWriter& number(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes_[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    return *this;
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_ = Bytes(header_byte_count, 0);
};

Bytes page_header(const PageFormat& format, PwgColour colour, std::size_t page_count) {
  const auto width = static_cast<std::uint32_t>(format.width_px);
  const auto height = static_cast<std::uint32_t>(format.height_px);
  const auto dpi = static_cast<std::uint32_t>(format.dpi);
  const bool gray = colour == PwgColour::gray;
  constexpr std::uint32_t normal_quality = 4;
  constexpr std::uint32_t sgray = 18;
  constexpr std::uint32_t black = 3;
  return HeaderWriter()
      .text(0, "PwgRaster")
      .text(128, "stationery")
      .text(192, "text")
      .number(276, dpi)
      .number(280, dpi)
      .number(340, 1)    // copies
      .number(352, 595)  // A4 in points
      .number(356, 842)
      .number(372, width)
      .number(376, height)
      .number(384, gray ? 8 : 1)
      .number(388, gray ? 8 : 1)
      .number(392, gray ? width : (width + 7) / 8)
      .number(400, gray ? sgray : black)
      .number(420, 1)  // colours
      .number(452, static_cast<std::uint32_t>(page_count))
      .number(456, 1)  // as fed, not turned
      .number(460, 1)
      .number(472, width)  // the image's box is the page
      .number(476, height)
      .number(480, 0xFFFFFF)
      .number(484, normal_quality)
      .text(1732, "iso_a4_210x297mm")
      .take();
}

class PwgStream : public PageStream {
 public:
  PwgStream(const std::vector<PageBitmap>& pages, PwgColour colour, int scale)
      : pages_(pages), colour_(colour), scale_(scale) {}

  Bytes next() override {
    Bytes piece;
    if (page_ >= pages_.size()) return piece;
    const PageBitmap& page = pages_[page_];
    if (row_ == 0) begin_page(piece);
    while (row_ < page.row_count() && piece.size() < piece_byte_count) add_rows(page, piece);
    if (row_ >= page.row_count()) {
      ++page_;
      row_ = 0;
    }
    return piece;
  }
  int finished_pages() const override {
    const bool rest_is_white = page_ < pages_.size() && row_ > 0 && white_from(pages_[page_], row_);
    return static_cast<int>(page_) + (rest_is_white ? 1 : 0);
  }

 private:
  void begin_page(Bytes& piece) const {
    const PageFormat& format = pages_[page_].format();
    if (page_ == 0) append(piece, view_of("RaS2"));
    append(piece, page_header({format.width_px * scale_, format.height_px * scale_, format.dpi * scale_},
                              colour_, pages_.size()));
  }
  void add_rows(const PageBitmap& page, Bytes& piece) {
    Bytes grey(static_cast<std::size_t>(page.format().width_px));
    page.row(row_, grey);
    const int same = page.same_rows(row_, line_repeat_max / scale_);
    const auto scale = static_cast<std::size_t>(scale_);
    const Bytes line = colour_ == PwgColour::gray ? wider(grey, scale) : black_bits(grey, scale);
    piece.push_back(static_cast<std::uint8_t>(same * scale_ - 1));
    for (ByteView left = line; !left.empty();) {
      const Run run = next_run(left);
      const bool one = run.repeated || run.count == 1;
      piece.push_back(static_cast<std::uint8_t>(one ? run.count - 1 : 257 - run.count));
      append(piece, left.first(one ? 1 : run.count));
      left = left.subspan(run.count);
    }
    row_ += same;
  }

  const std::vector<PageBitmap>& pages_;
  PwgColour colour_;
  int scale_;
  std::size_t page_ = 0;
  int row_ = 0;
};

}  // namespace

std::unique_ptr<PageStream> pwg_stream(const std::vector<PageBitmap>& pages, PwgColour colour, int scale) {
  return std::make_unique<PwgStream>(pages, colour, scale);
}

}  // namespace bianmin::printer
