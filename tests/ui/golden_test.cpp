// Pages against pictures that a person looked at. With BIANMIN_UPDATE_GOLDEN=1 the pictures are made anew.

#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/ui/samples.hpp"
#include "ui/kit/offscreen_presenter.hpp"
#include "ui/kit/screen.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

constexpr std::uint32_t level_step = 8;  // of each colour: small files, and no room for a visible change
constexpr std::uint32_t opaque = 0xFF000000;

// Half the size, each pixel the mean of four, in fewer steps.
Canvas reduced(const Canvas& full) {
  const Size half{full.size().width / 2, full.size().height / 2};
  Canvas small(half);
  for (int y = 0; y < half.height; ++y) {
    for (int x = 0; x < half.width; ++x) {
      std::uint32_t mean = 0;
      for (int shift = 0; shift < 24; shift += 8) {
        std::uint32_t sum = 0;
        for (int i = 0; i < 4; ++i) sum += full.pixel(2 * x + i % 2, 2 * y + i / 2) >> shift & 0xFF;
        mean |= std::min<std::uint32_t>(0xFF, (sum / 4 + level_step / 2) / level_step * level_step) << shift;
      }
      small.set_pixel(x, y, mean | opaque);
    }
  }
  return small;
}

int differing_pixels(const Canvas& one, const Canvas& other) {
  if (one.size() != other.size()) return -1;
  int count = 0;
  for (int y = 0; y < one.size().height; ++y) {
    for (int x = 0; x < one.size().width; ++x) count += one.pixel(x, y) != other.pixel(x, y);
  }
  return count;
}

// What is kept of each variant: a few megabytes have to tell it all.
const std::set<std::string> main_pages = {"welcome",          "card-waiting", "question-address",
                                          "digits",           "pin",          "pin-last",
                                          "reader-pin-last",  "review",       "saved-printing",
                                          "saved-doubtful",   "saved-sheet",  "sheet-doubtful",
                                          "progress-offline", "idle",         "take-card",
                                          "another-card",     "closed",       "progress-certificate"};

struct Variant {
  const char* name;
  bool all_pages;
  SampleLanguage language;
  ThemeName theme;
  TextSize text_size;
  Size size;
};

constexpr Size portrait{1080, 1920};
constexpr Size landscape{1920, 1080};
constexpr Variant variants[] = {
    {"zh-light-portrait", true, SampleLanguage::chinese, ThemeName::light, TextSize::large, portrait},
    {"zh-light-landscape", false, SampleLanguage::chinese, ThemeName::light, TextSize::large, landscape},
    {"zh-black-xl-portrait", false, SampleLanguage::chinese, ThemeName::black, TextSize::extra_large,
     portrait},
    {"en-light-portrait", false, SampleLanguage::english, ThemeName::light, TextSize::large, portrait},
    {"en-black-xl-landscape", false, SampleLanguage::english, ThemeName::black, TextSize::extra_large,
     landscape},
};

void compare_or_update(const Canvas& actual, const std::string& name, bool update) {
  const std::filesystem::path golden = "tests/ui/golden/" + name + ".png";
  if (update) {
    REQUIRE(actual.write_png(golden).ok());
    return;
  }
  const Result<Canvas> expected = Canvas::read_png(golden);
  const int differing = expected ? differing_pixels(actual, *expected) : -1;
  if (differing != 0) {
    const std::filesystem::path folder = std::filesystem::path(BIANMIN_BUILD_FOLDER) / "golden";
    std::filesystem::create_directories(folder);
    REQUIRE(actual.write_png(folder / (name + ".png")).ok());
    FAIL_CHECK(name << ": " << differing
                    << " pixels differ; the page as it is now: " << (folder / (name + ".png")));
  }
  CHECK(differing == 0);
}

}  // namespace

TEST_CASE("pages look as they did when a person looked at them", "[golden]") {
  const char* setting = std::getenv("BIANMIN_UPDATE_GOLDEN");
  const bool update = setting != nullptr && std::string(setting) == "1";
  const Variant& variant = GENERATE(from_range(std::begin(variants), std::end(variants)));
  const Strings strings = sample_strings(variant.language);
  const FakeClock clock;
  const PageContext context =
      sample_context(strings, variant.theme, {.canvas = variant.size, .text_size = variant.text_size});
  OffscreenPresenter presenter;
  Screen screen(presenter, clock, "ui/kit/icons", variant.size);
  for (const Sample& sample : page_samples(variant.language)) {
    if (!variant.all_pages && !main_pages.contains(sample.name)) continue;
    screen.show(sample.make(context));
    compare_or_update(reduced(screen.canvas()), sample.name + "." + variant.name, update);
  }
}
