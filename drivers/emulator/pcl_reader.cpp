#include <algorithm>

#include "drivers/emulator/raster_reader.hpp"
#include "drivers/printer/page/pack_bits.hpp"

namespace bianmin::emulator {

namespace {

Error bad(std::string_view why) { return {Remedy::refuse, "raster.bad_pcl", std::string(why)}; }

constexpr std::uint8_t escape = 0x1B;
constexpr std::string_view exit_language = "\x1b%-12345X";
constexpr int logical_page_left_at_300 = 71;
constexpr std::int64_t value_max = 100'000;

bool is_group(std::uint8_t byte) { return byte >= '`' && byte <= '~'; }
bool is_parameter_start(std::uint8_t byte) { return byte >= '!' && byte <= '/'; }

struct Command {
  char kind = 0;    // the character after the escape: '*', '&'
  char group = 0;   // 'b', 'r', 'l'; zero: none
  char letter = 0;  // upper case
  std::int64_t value = 0;
  bool relative = false;
};

class PclReader {
 public:
  PclReader(ByteView stream, std::size_t byte_max) : reader_(stream), stream_(stream), byte_max_(byte_max) {}

  Result<std::vector<RasterPage>> run() {
    while (reader_.left() > 0) {
      if (in_job_language_) {
        skip_job_language();
        continue;
      }
      const std::uint8_t byte = reader_.u8();
      if (byte == '\f') {
        if (auto ejected = eject(); !ejected) return ejected.error();
      } else if (byte == escape) {
        if (auto done = escape_sequence(); !done) return done.error();
      }
    }
    return std::move(pages_);
  }

 private:
  ByteView ahead() const { return stream_.subspan(reader_.position()); }

  // After the universal exit: lines of PJL until one enters the language, or PCL at once.
  void skip_job_language() {
    constexpr std::string_view at_pjl = "@PJL";
    const std::string_view text(reinterpret_cast<const char*>(ahead().data()), ahead().size());  // NOLINT
    if (text.starts_with(exit_language)) return reader_.skip(exit_language.size());
    if (!text.starts_with(at_pjl)) {
      in_job_language_ = false;
      return;
    }
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    if (text.substr(0, end).find("ENTER LANGUAGE") != std::string_view::npos) in_job_language_ = false;
    reader_.skip(end + 1);
  }

  Result<void> escape_sequence() {
    const std::uint8_t kind = reader_.u8();
    if (kind == 'E') {
      reset();
      return {};
    }
    if (!is_parameter_start(kind)) return {};  // another two-character command
    Command command;
    command.kind = static_cast<char>(kind);
    if (reader_.left() > 0 && is_group(ahead()[0])) command.group = static_cast<char>(reader_.u8());
    for (;;) {
      if (!read_parameter(command)) return bad("a command without an end");
      const bool last = command.letter >= 'A' && command.letter <= 'Z';
      if (command.letter >= 'a' && command.letter <= 'z')
        command.letter = static_cast<char>(command.letter - 'a' + 'A');
      if (auto done = execute(command); !done) return done;
      if (last) return {};
    }
  }

  bool read_parameter(Command& command) {
    command.value = 0;
    command.relative = false;
    bool negative = false;
    bool fraction = false;
    for (;;) {
      const std::uint8_t byte = reader_.u8();
      if (reader_.failed()) return false;
      if (byte == '+' || byte == '-') {
        command.relative = true;
        negative = byte == '-';
      } else if (byte == '.') {
        fraction = true;
      } else if (byte >= '0' && byte <= '9') {
        if (!fraction) command.value = std::min(command.value * 10 + (byte - '0'), value_max);
      } else {
        if (negative) command.value = -command.value;
        command.letter = static_cast<char>(byte);
        return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
      }
    }
  }

  Result<void> execute(const Command& command) {
    if (command.kind == '%' && command.letter == 'X') {
      reset();
      in_job_language_ = true;
      return {};
    }
    if (command.kind == '*' && command.group == 'b') return raster(command);
    if (command.kind == '*' && command.group == 't' && command.letter == 'R')
      dpi_ = static_cast<int>(std::clamp<std::int64_t>(command.value, 75, 1'200));
    if (command.kind == '*' && command.group == 'p') {
      int& cursor = command.letter == 'X' ? cursor_x_ : cursor_y_;
      const std::int64_t base = command.relative ? cursor : 0;
      if (command.letter == 'X' || command.letter == 'Y')
        cursor = static_cast<int>(std::clamp<std::int64_t>(base + command.value, 0, raster_side_px_max));
    }
    if (command.kind == '*' && command.group == 'r') {
      if (command.letter == 'S')
        raster_width_ = static_cast<int>(std::min<std::int64_t>(command.value, raster_side_px_max));
      if (command.letter == 'A') begin_raster(command.value == 1);
      if (command.letter == 'B' || command.letter == 'C')
        std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
    }
    const bool data_follows = command.letter == 'W' && command.value > 0;
    if (data_follows) reader_.skip(static_cast<std::size_t>(command.value));  // fonts, patterns
    return {};
  }

  void begin_raster(bool at_cursor) {
    if (!at_cursor) cursor_x_ = 0;
    std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
  }

  Result<void> raster(const Command& command) {
    if (command.letter == 'M') method_ = command.value;
    if (command.letter == 'Y') {
      cursor_y_ =
          static_cast<int>(std::clamp<std::int64_t>(cursor_y_ + command.value, 0, raster_side_px_max));
      std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
    }
    if (command.letter != 'W' && command.letter != 'V') return {};
    const ByteView data = reader_.take(static_cast<std::size_t>(std::max<std::int64_t>(command.value, 0)));
    if (reader_.failed()) return bad("half a row");
    if (auto begun = begin_page(); !begun) return begun;
    if (!unpack(data)) return bad("a row that is not compressed as it says");
    put_row();
    ++cursor_y_;
    return {};
  }

  bool unpack(ByteView data) {
    switch (method_) {
      case 0:
        std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
        std::copy_n(data.begin(), std::min(data.size(), seed_.size()), seed_.begin());
        return true;
      case 1:
        return unpack_pairs(data);
      case 2:
        return unpack_runs(data);
      case 3:
        return unpack_delta(data);
      default:
        return false;
    }
  }
  bool unpack_pairs(ByteView data) {
    std::size_t at = 0;
    std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
    for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
      for (unsigned n = 0; n <= data[i] && at < seed_.size(); ++n) seed_[at++] = data[i + 1];
    }
    return true;
  }
  bool unpack_runs(ByteView data) {
    ByteReader runs(data);
    std::size_t at = 0;
    std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
    while (runs.left() > 0) {
      const std::uint8_t control = runs.u8();
      if (control == 128) continue;
      const std::size_t count = control < 128 ? control + std::size_t{1} : std::size_t{257} - control;
      const ByteView bytes = runs.take(control < 128 ? count : 1);
      if (runs.failed()) return false;
      for (std::size_t n = 0; n < count && at < seed_.size(); ++n) seed_[at++] = bytes[control < 128 ? n : 0];
    }
    return true;
  }
  bool unpack_delta(ByteView data) {
    ByteReader delta(data);
    std::size_t at = 0;
    while (delta.left() > 0) {
      const std::uint8_t control = delta.u8();
      std::size_t offset = control & 0x1FU;
      for (std::uint8_t more = 255; offset >= 31 && more == 255 && !delta.failed();) {
        more = delta.u8();
        offset += more;
      }
      at += offset;
      const ByteView bytes = delta.take((control >> 5U) + std::size_t{1});
      if (delta.failed()) return false;
      for (const std::uint8_t byte : bytes) {
        if (at < seed_.size()) seed_[at] = byte;
        ++at;
      }
    }
    return true;
  }

  // A4 in the resolution asked for; ejected or not, a page has its size from its first row on.
  Result<void> begin_page() {
    if (!page_.grey.empty()) return {};
    page_.dpi = dpi_;
    page_.width_px = 2'480 * dpi_ / 300;
    page_.height_px = 3'508 * dpi_ / 300;
    const std::size_t size =
        std::size_t{static_cast<unsigned>(page_.width_px)} * static_cast<unsigned>(page_.height_px);
    byte_count_ += size;
    if (pages_.size() >= raster_pages_max || byte_count_ > byte_max_)
      return Error{Remedy::refuse, "raster.too_large", "more pages than are read"};
    page_.grey.assign(size, 0xFF);
    return {};
  }

  void put_row() {
    if (cursor_y_ >= page_.height_px) return;
    const int left = logical_page_left_at_300 * dpi_ / 300 + cursor_x_;
    const int width = std::min(raster_width_ > 0 ? raster_width_ : raster_side_px_max, page_.width_px - left);
    const auto row = static_cast<std::size_t>(cursor_y_) * static_cast<std::size_t>(page_.width_px);
    for (int x = 0; x < width; ++x) {
      const auto bit = static_cast<std::size_t>(x);
      if ((seed_[bit / 8] & 0x80U >> bit % 8) != 0)
        page_.grey[row + static_cast<std::size_t>(left) + bit] = 0;
    }
  }

  Result<void> eject() {
    cursor_x_ = 0;
    cursor_y_ = 0;
    std::fill(seed_.begin(), seed_.end(), std::uint8_t{0});
    if (auto begun = begin_page(); !begun) return begun;  // a page without anything on it is one, too
    pages_.push_back(std::exchange(page_, {}));
    return {};
  }

  void reset() {
    // A reset puts out what is on the page; a page without anything on it does not come out.
    if (!page_.grey.empty()) (void)eject();
    dpi_ = 300;
    method_ = 0;
    raster_width_ = 0;
    cursor_x_ = cursor_y_ = 0;
  }

  ByteReader reader_;
  ByteView stream_;
  std::size_t byte_max_;
  bool in_job_language_ = false;
  std::vector<RasterPage> pages_;
  RasterPage page_;
  std::size_t byte_count_ = 0;
  Bytes seed_ = Bytes(raster_side_px_max / 8, 0);
  int dpi_ = 300;
  std::int64_t method_ = 0;
  int raster_width_ = 0;
  int cursor_x_ = 0;
  int cursor_y_ = 0;
};

}  // namespace

Result<std::vector<RasterPage>> read_pcl(ByteView stream, std::size_t byte_max) {
  return PclReader(stream, byte_max).run();
}

}  // namespace bianmin::emulator
