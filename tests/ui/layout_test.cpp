// Nothing is cut off, covered, or too small to hit: every page, orientation, text size and language.

#include <fmt/format.h>

#include "tests/catch.hpp"
#include "tests/ui/samples.hpp"
#include "ui/kit/layout.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

constexpr double target_mm = 20;

const Size sizes[] = {{1080, 1920}, {1920, 1080}};

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

// All pages of paged nodes, one after the other.
std::vector<std::string> faults_on_every_page(Node& root, const Metrics& metrics, Typesetter& typesetter) {
  std::vector<std::string> faults;
  for (int turn = 0;; ++turn) {
    lay_out(root, metrics.canvas, typesetter);
    for (std::string& fault : layout_faults(root, metrics.canvas, typesetter, metrics.mm(target_mm))) {
      faults.push_back(std::move(fault));
    }
    bool more = false;
    walk(root, [&](Node& node) {
      if (!node.style.paged || node.page_index + 1 >= node.page_count) return;
      ++node.page_index;
      more = true;
    });
    if (!more) return faults;
    REQUIRE(turn < 20);
  }
}

}  // namespace

TEST_CASE("every page fits at every text size, in both languages and orientations", "[layout]") {
  Typesetter typesetter;
  const auto language = GENERATE(SampleLanguage::chinese, SampleLanguage::english);
  const auto text_size = GENERATE(TextSize::medium, TextSize::large, TextSize::extra_large);
  const Strings strings = sample_strings(language);
  for (const Size& size : sizes) {
    const Metrics metrics{.canvas = size, .text_size = text_size};
    const PageContext context = sample_context(strings, ThemeName::light, metrics);
    for (const Sample& sample : page_samples(language)) {
      const NodePtr page = sample.make(context);
      const std::vector<std::string> faults = faults_on_every_page(*page, metrics, typesetter);
      INFO(fmt::format("{} {}x{} text size {} language {}\n{}", sample.name, size.width, size.height,
                       static_cast<int>(text_size), static_cast<int>(language), joined(faults)));
      CHECK(faults.empty());
    }
  }
}
