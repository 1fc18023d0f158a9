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

NodePtr laid_out_sample(const std::string& name, SampleLanguage language, const PageContext& context,
                        Typesetter& typesetter) {
  for (const Sample& sample : page_samples(language)) {
    if (sample.name != name) continue;
    NodePtr page = sample.make(context);
    lay_out(*page, context.metrics.canvas, typesetter);
    return page;
  }
  FAIL("no sample " << name);
  return nullptr;
}

bool whole_in_view(const Node& page, const std::string& id, Typesetter& typesetter) {
  bool whole = false;
  walk(page, [&](const Node& node) {
    if (node.id == id) whole = typesetter.height(text_spec(node), node.bounds.width) <= node.bounds.height;
  });
  return whole;
}

int most_pages(const Node& page) {
  int pages = 1;
  walk(page, [&](const Node& node) { pages = std::max(pages, node.page_count); });
  return pages;
}

}  // namespace

TEST_CASE("the saved page shows the slip at once, and turns no pages at the usual sizes", "[layout][saved]") {
  Typesetter typesetter;
  const auto language = GENERATE(SampleLanguage::chinese, SampleLanguage::english);
  const auto text_size = GENERATE(TextSize::medium, TextSize::large, TextSize::extra_large);
  const Strings strings = sample_strings(language);
  for (const char* name :
       {"saved-printing", "saved-printed", "saved-unprinted", "saved-doubtful", "saved-sheet"}) {
    for (const Size& size : sizes) {
      const PageContext context =
          sample_context(strings, ThemeName::light, {.canvas = size, .text_size = text_size});
      const NodePtr page = laid_out_sample(name, language, context, typesetter);
      INFO(fmt::format("{} {}x{} text size {}\n{}", name, size.width, size.height,
                       static_cast<int>(text_size), semantic_dump(*page)));
      CHECK(whole_in_view(*page, "slip", typesetter));
      if (text_size != TextSize::extra_large) CHECK(most_pages(*page) == 1);
    }
  }
}

TEST_CASE("a question with a long address shows its options and the way on at once", "[layout][question]") {
  Typesetter typesetter;
  const auto language = GENERATE(SampleLanguage::chinese, SampleLanguage::english);
  const auto text_size = GENERATE(TextSize::medium, TextSize::large, TextSize::extra_large);
  const Strings strings = sample_strings(language);
  for (const Size& size : sizes) {
    const PageContext context =
        sample_context(strings, ThemeName::light, {.canvas = size, .text_size = text_size});
    const NodePtr page = laid_out_sample("question-address", language, context, typesetter);
    INFO(fmt::format("{}x{} text size {}\n{}", size.width, size.height, static_cast<int>(text_size),
                     semantic_dump(*page)));
    CHECK(whole_in_view(*page, "next", typesetter));
    int options = 0;
    walk(*page, [&](Node& node) { options += node.role == Role::choice; });
    // English needs two lines for its headline: one option of the wide screen is on the next page.
    const bool headline_high = language == SampleLanguage::english && size.width > size.height;
    const int least = text_size == TextSize::extra_large ? 2 : headline_high ? 4 : 5;
    CHECK(options >= least);
  }
}

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
