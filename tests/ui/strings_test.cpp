// The words of the screen: whole in every language.

#include "ui/strings/strings.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include "tests/catch.hpp"
#include "tests/ui/samples.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

struct TemporaryFile {
  explicit TemporaryFile(const std::string& content)
      : path(std::filesystem::temp_directory_path() /
             ("bianmin-strings-" + std::to_string(::getpid()) + ".json")) {
    std::ofstream(path) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

std::multiset<std::string> gaps_of(const std::string& text) {
  const std::regex gap("\\{[a-z_]+\\}");
  return {std::sregex_token_iterator(text.begin(), text.end(), gap), {}};
}

// The keys that the sources of a folder ask for: everything in quotes that looks like one.
std::set<std::string> keys_in_sources(const std::filesystem::path& folder) {
  std::set<std::string> keys;
  const std::regex key("\"([a-z]+\\.[a-z0-9_.-]*)\"");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator it(source.begin(), source.end(), key), end; it != end; ++it)
      keys.insert((*it)[1]);
  }
  return keys;
}

// Asked for itself, or by its beginning: the session puts the rest of "code." and its kin together from
// codes.
bool asked_with_prefix(const std::set<std::string>& asked, const std::string& key) {
  return std::any_of(asked.begin(), asked.end(), [&key](const std::string& each) {
    return each == key || (key.starts_with(each) && (each.ends_with('.') || key[each.size()] == '.'));
  });
}

}  // namespace

TEST_CASE("both languages have the same keys and gaps", "[strings]") {
  const Strings chinese = sample_strings(SampleLanguage::chinese);
  const Strings english = sample_strings(SampleLanguage::english);
  CHECK(chinese.keys() == english.keys());
  CHECK(chinese.keys().size() > 50);
  for (const std::string& key : chinese.keys()) {
    INFO(key);
    // Under its picture the English state has no room for the name of an office.
    if (key != "session.state.accepted") CHECK(gaps_of(chinese.text(key)) == gaps_of(english.text(key)));
    CHECK_FALSE(chinese.text(key).empty());
    CHECK_FALSE(english.text(key).empty());
  }
}

TEST_CASE("pages ask for keys that are there, and every key is asked for", "[strings]") {
  const Strings chinese = sample_strings(SampleLanguage::chinese);
  const std::set<std::string> asked = keys_in_sources("ui/pages");
  const std::set<std::string> asked_by_others = keys_in_sources("terminal");
  for (const std::string& key : chinese.keys()) {
    INFO(key);
    CHECK((asked.contains(key) || asked_with_prefix(asked_by_others, key)));
  }
  const std::set<std::string> node_ids = {"key.clear", "key.delete"};
  for (const std::string& key : asked) {
    INFO(key);
    if (key.ends_with('.')) continue;  // the beginning of a node's id
    CHECK((chinese.has(key) || node_ids.contains(key) || key.ends_with(".hpp")));
  }
}

TEST_CASE("gaps are filled, unknown keys are shown", "[strings]") {
  const TemporaryFile file(R"({"a": "第 {n} 步，共 {all} 步，{n}"})");
  const Result<Strings> strings = Strings::load(file.path);
  REQUIRE(strings.ok());
  CHECK(strings->text("a", {{"n", "2"}, {"all", "4"}}) == "第 2 步，共 4 步，2");
  CHECK(strings->text("b") == "b");
  CHECK(strings->has("a"));
  CHECK_FALSE(strings->has("b"));
}

TEST_CASE("files that are no strings are refused", "[strings]") {
  CHECK(Strings::load("/nonexistent/strings.json").error().code == "file.missing");
  CHECK(Strings::load(TemporaryFile("[]").path).ok() == false);
  CHECK(Strings::load(TemporaryFile(R"({"a": )").path).ok() == false);
  const TemporaryFile list("[]");
  CHECK(Strings::load(list.path).error().code == "strings.bad");
  const TemporaryFile number(R"({"a": 1})");
  CHECK(Strings::load(number.path).error().code == "strings.bad");
  const TemporaryFile broken(R"({"a": )");
  CHECK(Strings::load(broken.path).error().code == "json.bad");
}
