// Whatever becomes of a package's bytes, the loader answers, and what it lets through can be walked.
#include <algorithm>
#include <random>

#include "terminal/services/form.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

constexpr unsigned seed = 20261122;
constexpr int rounds = 1500;

class Mutator {
 public:
  std::string mutate(std::string text) {
    const int changes = pick(1, 4);
    for (int i = 0; i < changes && !text.empty(); ++i) change(text);
    return text;
  }
  int pick(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

 private:
  std::size_t place(const std::string& text) {
    return static_cast<std::size_t>(pick(0, static_cast<int>(text.size()) - 1));
  }
  void change(std::string& text) {
    static constexpr std::string_view likely = "{}[]\",:0189-.eE \\un\x80\xFFtf";
    const std::size_t at = place(text);
    const auto length = static_cast<std::size_t>(pick(1, 40));
    switch (pick(0, 4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text[at] = likely[static_cast<std::size_t>(pick(0, static_cast<int>(likely.size()) - 1))];
        break;
      case 2:
        text.insert(at, text.substr(place(text), length));
        break;
      case 3:
        text[at] = static_cast<char>(text[at] ^ (1 << pick(0, 7)));
        break;
      default:
        std::swap(text[at], text[place(text)]);
        break;
    }
  }
  std::mt19937 random_{seed};
};

// Sets a random value of the tree to a value of another place: the JSON stays JSON.
std::string transplant(std::string_view text, Mutator& mutator) {
  const Json flat = parse_json(text)->flatten();
  std::vector<std::string> places;
  for (const auto& item : flat.items()) places.push_back(item.key());
  const auto any = [&] {
    return places[static_cast<std::size_t>(mutator.pick(0, static_cast<int>(places.size()) - 1))];
  };
  Json tree = parse_json(text).value();
  const Json::json_pointer to(any());
  switch (mutator.pick(0, 2)) {
    case 0:
      tree[to] = tree[Json::json_pointer(any())];
      break;
    case 1:
      tree[to.parent_pointer()] = tree[Json::json_pointer(any()).parent_pointer()];
      break;
    default:
      tree[to] = Json::parse(std::array{"null", "-1", "[]", "{}", "1e300",
                                        "\"\""}[static_cast<std::size_t>(mutator.pick(0, 5))]);
  }
  return json_text(tree);
}

// Walks a package that was let through, whatever it says now; every step must end.
void walk(const Package& package) {
  Form form(package, sample_today);
  (void)form.set_card(sample_card());
  for (std::size_t i = 0; i <= package.steps.size() && !form.finished(); ++i) {
    if (const Field* field = form.current_field()) {
      if (!field->options.empty()) (void)form.answer(field->id, field->options.back().id);
      if (field->optional()) (void)form.skip(field->id);
      (void)form.answer(field->id, "20200101");
    }
    (void)form.question("en");
    (void)form.review_rows("zh-Hans");
    (void)form.receipt_lines({{"case_no", "1"}, {"qr", "2"}, {"time", "3"}}, "en");
    if (!form.next()) break;
  }
  (void)form.record_fields();
}

}  // namespace

TEST_CASE("a package with broken bytes is refused with a code, or can be walked") {
  Mutator mutator;
  int refused = 0;
  for (int i = 0; i < rounds; ++i) {
    auto languages = sample_languages();
    std::string definition(sample_definition);
    if (i % 4 == 0) {
      languages["en"] = mutator.mutate(languages["en"]);
    } else if (i % 4 == 1) {
      definition = mutator.mutate(definition);
    } else {
      definition = transplant(definition, mutator);
    }
    const auto package = parse_package(definition, languages);
    if (package) {
      walk(*package);
    } else {
      ++refused;
      CHECK(package.error().code.substr(0, 8) == "package.");
      CHECK(package.error().detail.find(".json ") != std::string::npos);
    }
  }
  CHECK(refused > rounds / 2);
  CHECK(refused < rounds);
}
