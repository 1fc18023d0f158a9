// Codes in photographs that nobody here took: our ladder, one plain pass of ZXing, and zbar. Right, wrong and
// time; loading the file is not counted.
#include <fmt/format.h>
#include <time.h>
#include <zbar.h>
#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include "drivers/scanner/decode_ladder.hpp"
#include "drivers/scanner/image_file.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"
#include "tests/bench/report.hpp"
#include "tests/drivers/slip_pictures.hpp"

namespace bianmin::bench {

namespace {

namespace fs = std::filesystem;
using scanner::GrayImage;

// What a decoder says is in the picture; empty: nothing.
using Decoder = std::function<std::vector<std::string>(const GrayImage&)>;

std::vector<std::string> with_ladder(const GrayImage& image) {
  std::vector<std::string> out;
  if (const auto found = scanner::climb_ladder(image)) {
    for (const auto& code : found->codes) out.push_back(code.text);
  }
  return out;
}

std::vector<std::string> with_plain_zxing(const GrayImage& image) {
  using ZXing::BarcodeFormat;
  ZXing::DecodeHints hints;
  hints.setFormats(BarcodeFormat::EAN13 | BarcodeFormat::EAN8 | BarcodeFormat::UPCA | BarcodeFormat::Code128 |
                   BarcodeFormat::Code39 | BarcodeFormat::ITF | BarcodeFormat::QRCode |
                   BarcodeFormat::PDF417 | BarcodeFormat::DataMatrix);
  const auto result =
      ZXing::ReadBarcode({image.pixels.data(), image.width, image.height, ZXing::ImageFormat::Lum}, hints);
  if (!result.isValid()) return {};
  return {result.text()};
}

std::vector<std::string> with_zbar(const GrayImage& image) {
  zbar::zbar_image_scanner_t* scanner = zbar::zbar_image_scanner_create();
  zbar::zbar_image_t* picture = zbar::zbar_image_create();
  zbar::zbar_image_set_format(picture, zbar_fourcc('Y', '8', '0', '0'));
  zbar::zbar_image_set_size(picture, static_cast<unsigned>(image.width), static_cast<unsigned>(image.height));
  zbar::zbar_image_set_data(picture, image.pixels.data(), image.pixels.size(), nullptr);
  std::vector<std::string> out;
  zbar::zbar_scan_image(scanner, picture);
  for (const auto* symbol = zbar::zbar_image_first_symbol(picture); symbol != nullptr;
       symbol = zbar::zbar_symbol_next(symbol)) {
    out.emplace_back(zbar::zbar_symbol_get_data(symbol), zbar::zbar_symbol_get_data_length(symbol));
  }
  zbar::zbar_image_destroy(picture);
  zbar::zbar_image_scanner_destroy(scanner);
  return out;
}

struct Score {
  int right = 0;
  int wrong = 0;
  std::vector<double> us;
  void add(const Score& other) {
    right += other.right;
    wrong += other.wrong;
    us.insert(us.end(), other.us.begin(), other.us.end());
  }
  std::string text() const {
    return fmt::format("{} right, {} wrong, {:.1f} ms", right, wrong, median(us) / 1'000);
  }
};

struct Photo {
  GrayImage image;
  std::string expected;
  bool has_code = false;
  std::string name;
};

std::vector<Photo> load(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string ending = entry.path().extension();
    if (ending == ".png" || ending == ".jpg" || ending == ".webp") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Photo> photos;
  for (const fs::path& path : paths) {
    auto image = scanner::load_image(path);
    if (!image) {
      fmt::print(stderr, "code_bench: {}: {}\n", path.string(), image.error().text());
      continue;
    }
    Photo photo{std::move(*image), {}, false, path.string()};
    constexpr std::size_t text_byte_max = 65'536;
    if (const auto text = read_file(fs::path(path).replace_extension(".txt"), text_byte_max)) {
      photo.expected = text_of(*text);
      photo.has_code = true;
    } else if (fs::exists(fs::path(path).replace_extension(".bin"))) {
      continue;  // bytes that are no text: the scanner gives text
    }
    photos.push_back(std::move(photo));
  }
  return photos;
}

// Blanks at the ends and the kind of line end do not make a reading wrong.
std::string plain(const std::string& text) {
  std::string out(trim(text));
  std::erase(out, '\r');
  return out;
}

Score score(const std::vector<Photo>& photos, const Decoder& decode, const char* name, bool tell) {
  Score out;
  for (const Photo& photo : photos) {
    std::vector<std::string> texts;
    out.us.push_back(time_us([&] { texts = decode(photo.image); }));
    const bool right = photo.has_code && std::any_of(texts.begin(), texts.end(), [&](const auto& text) {
                         return plain(text) == plain(photo.expected);
                       });
    out.right += right ? 1 : 0;
    out.wrong += !texts.empty() && !right ? 1 : 0;
    if (tell && !texts.empty() && !right) {
      fmt::print(stderr, "code_bench: {} reads {} as \"{}\", not \"{}\"\n", name, photo.name, texts.front(),
                 photo.expected);
    }
  }
  return out;
}

struct Scores {
  int pictures = 0;
  Score ours, zxing, zbar;
};

void print_scores(const std::string& name, const Scores& scores, bool judged) {
  const auto line = [&](const char* peer_name, const Score& peer) {
    Row row{fmt::format("codes, {} ({} pictures), against {}", name, scores.pictures, peer_name),
            scores.ours.text(), peer.text(),
            peer.right == 0 ? "" : times(double(scores.ours.right) / peer.right)};
    if (judged && &peer == &scores.zbar) {
      row.target = "not fewer right";
      row.met = scores.ours.right >= peer.right;
    }
    print(row);
  };
  line("one plain ZXing pass", scores.zxing);
  line("zbar", scores.zbar);
}

Scores score_all(const std::vector<Photo>& photos, bool tell) {
  return {static_cast<int>(photos.size()), score(photos, with_ladder, "the ladder", tell),
          score(photos, with_plain_zxing, "ZXing", false), score(photos, with_zbar, "zbar", false)};
}

void measure_photos(const fs::path& root, bool tell) {
  if (!fs::is_directory(root)) {
    fmt::print(stderr, "code_bench: SKIPPED: no pictures at {}\n", root.string());
    print({"codes: SKIPPED, no pictures at " + root.string(), "", ""});
    return;
  }
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  Scores total;
  for (const fs::path& folder : folders) {
    const auto photos = load(folder);
    const Scores scores = score_all(photos, tell);
    const std::string name = folder.filename();
    if (name.starts_with("falsepositives")) {
      print({fmt::format("codes, {} ({} pictures without a code), seen", name, scores.pictures),
             fmt::format("{}", scores.ours.wrong),
             fmt::format("{} ZXing, {} zbar", scores.zxing.wrong, scores.zbar.wrong), "", "0",
             scores.ours.wrong == 0});
      continue;
    }
    print_scores(name, scores, name.starts_with("qrcode"));
    total.pictures += scores.pictures;
    total.ours.add(scores.ours);
    total.zxing.add(scores.zxing);
    total.zbar.add(scores.zbar);
  }
  print_scores("all with a code", total, true);
}

// Our own slips, and other codes on them, as a camera may see them.
constexpr const char* slip_text = "BM1:0721338641";
constexpr const char* long_text =
    "https://hub.example.gov.cn/v/3F9K2M7QX4?t=0721338641&s=MEUCIQDx1vGk3JmQm1oYdXc0r2cZ9tTgWl";

struct Kind {
  const char* format;
  const char* text;
  int module;
};
constexpr std::array<Kind, 7> kinds = {{{"QRCode", slip_text, 6},
                                        {"QRCode", slip_text, 3},
                                        {"QRCode", long_text, 4},
                                        {"DataMatrix", slip_text, 5},
                                        {"PDF417", slip_text, 2},
                                        {"Code128", "BM0721338641", 2},
                                        {"Code39", "BM0721338641", 2}}};

// By degradation the slip's QR code; the other kinds in one row each. Counts only: the sizes differ.
void measure_slips() {
  Scores all;
  for (const Kind& kind : kinds) {
    const GrayImage slip = tests::drawn_slip(kind.format, kind.text, kind.module);
    std::vector<Photo> photos;
    for (const tests::Degradation& degradation : tests::degradations())
      photos.push_back({degradation.apply(slip), kind.text, true, degradation.name});
    if (&kind == kinds.data()) {
      for (const Photo& photo : photos) {
        const Scores one = score_all({photo}, false);
        print(
            {"codes, slip, " + photo.name, one.ours.text(), one.zxing.text() + "; zbar " + one.zbar.text()});
      }
    }
    const Scores scores = score_all(photos, false);
    print_scores(fmt::format("slips, {} of {} bytes, {} dots a module", kind.format,
                             std::string_view(kind.text).size(), kind.module),
                 scores, true);
    all.pictures += scores.pictures;
    all.ours.add(scores.ours);
    all.zxing.add(scores.zxing);
    all.zbar.add(scores.zbar);
  }
  print_scores("all degraded slips", all, true);
}

double own_time_ms() {
  timespec spent{};
  (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1'000 + static_cast<double>(spent.tv_nsec) / 1'000'000;
}

// What other programs on the machine do not disturb: one picture with the whole ladder, and the frames of a
// camera, which see the same again with a small budget each, going on where the last one stopped.
void measure_own_time(const std::vector<Photo>& photos) {
  constexpr int frame_budget_ms = 40;
  constexpr int frames_max = 5;
  std::vector<double> single;
  std::vector<double> frame;
  int first = 0;
  int right = 0;
  for (const Photo& photo : photos) {
    const double before = own_time_ms();
    (void)scanner::climb_ladder(photo.image);
    single.push_back(own_time_ms() - before);
    scanner::LadderLimits limits{frame_budget_ms, 0};
    for (int i = 0; i < frames_max; ++i) {
      const double start = own_time_ms();
      const auto found = scanner::climb_ladder(photo.image, limits);
      frame.push_back(own_time_ms() - start);
      if (!found) break;
      limits.first_rung = found->next_rung;
      if (found->codes.empty()) continue;
      const bool same = found->codes.front().text == photo.expected;
      right += same ? 1 : 0;
      first += same && i == 0 ? 1 : 0;
      break;
    }
  }
  const auto row = [](const char* what, const std::vector<double>& ms) {
    print({fmt::format("codes, 1080p, {}, the thread's own time", what),
           fmt::format("{:.1f} ms, worst {:.1f}", median(ms), *std::max_element(ms.begin(), ms.end())), ""});
  };
  row("a single picture with the whole ladder", single);
  row("each frame of a stream with 40 ms", frame);
  print({fmt::format("codes, 1080p, read in the first frame of a stream, in {} frames", frames_max),
         fmt::format("{}, {} of {}", first, right, photos.size()), ""});
}

void measure_frames() {
  std::vector<Photo> photos;
  unsigned seed = 1;
  for (const Kind& kind : kinds) {
    const GrayImage slip = tests::drawn_slip(kind.format, kind.text, kind.module);
    for (const tests::Degradation& degradation : tests::degradations())
      photos.push_back({tests::in_frame(degradation.apply(slip), 1'920, 1'080, seed++), kind.text, true,
                        degradation.name});
  }
  const Scores scores = score_all(photos, false);
  print_scores("degraded slips in 1080p frames", scores, true);
  constexpr double median_max_ms = 40;
  constexpr double worst_max_ms = 150;
  const double worst_ms = *std::max_element(scores.ours.us.begin(), scores.ours.us.end()) / 1'000;
  const double median_ms = median(scores.ours.us) / 1'000;
  print({"codes, the ladder in a 1080p frame, median", fmt::format("{:.1f} ms", median_ms), "", "", "40 ms",
         median_ms <= median_max_ms});
  measure_own_time(photos);
  print({"codes, the ladder in a 1080p frame, worst", fmt::format("{:.1f} ms", worst_ms), "", "", "150 ms",
         worst_ms <= worst_max_ms});
}

void measure_nothing(bool tell) {
  constexpr unsigned count = 500;
  std::vector<Photo> photos;
  for (unsigned seed = 0; seed < count; ++seed)
    photos.push_back({tests::without_code(seed), {}, false, std::to_string(seed)});
  const Scores scores = score_all(photos, tell);
  print({fmt::format("codes, {} drawn pictures without a code, seen", count),
         fmt::format("{}", scores.ours.wrong),
         fmt::format("{} ZXing, {} zbar", scores.zxing.wrong, scores.zbar.wrong), "", "0",
         scores.ours.wrong == 0});
}

int run(const fs::path& root, bool tell) {
  measure_photos(root, tell);
  measure_slips();
  measure_frames();
  measure_nothing(tell);
  return 0;
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  return bianmin::bench::run("../shared/data/codes", bianmin::bench::has_flag(argc, argv, "--tell"));
}
