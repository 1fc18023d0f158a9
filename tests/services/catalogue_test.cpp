#include "terminal/services/catalogue.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "terminal/base/files.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

class Shelf {
 public:
  Shelf() {
    std::string name = (std::filesystem::temp_directory_path() / "catalogue_test.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Shelf() { std::filesystem::remove_all(path); }
  void put(const std::string& folder, std::string_view definition) const {
    std::filesystem::create_directories(path / folder / "strings");
    REQUIRE(write_file_durably(path / folder / "service.json", view_of(definition)).ok());
    for (const char* language : {"zh-Hans", "en"}) {
      const auto file = path / folder / "strings" / (std::string(language) + ".json");
      REQUIRE(write_file_durably(file, view_of(sample_strings)).ok());
    }
  }
  std::filesystem::path path;
};

std::string with(const std::string& id, int order) {
  return changed(changed(sample_definition, "/id", "\"" + id + "\""), "/order", std::to_string(order));
}

}  // namespace

TEST_CASE("a broken package is reported and the others stay") {
  const Shelf shelf;
  shelf.put("a", with("later", 20));
  shelf.put("b", "{");
  shelf.put("c", with("sooner", 10));
  shelf.put("d", with("also-sooner", 10));
  shelf.put(".hidden", "{");
  std::filesystem::create_directory(shelf.path / "empty");
  REQUIRE(write_file_durably(shelf.path / "README", view_of("not a package")).ok());
  const auto catalogue = load_catalogue(shelf.path);
  REQUIRE(catalogue.ok());
  REQUIRE(catalogue->packages.size() == 3);
  CHECK(catalogue->packages[0].id == "also-sooner");
  CHECK(catalogue->packages[1].id == "sooner");
  CHECK(catalogue->packages[2].id == "later");
  REQUIRE(catalogue->broken.size() == 2);
  CHECK(catalogue->broken[0].folder == "b");
  CHECK(catalogue->broken[0].error.code == "package.bad_json");
  CHECK(catalogue->broken[1].folder == "empty");
  CHECK(catalogue->broken[1].error.code == "package.missing_file");
  CHECK(catalogue->find("later") == &catalogue->packages[2]);
  CHECK(catalogue->find("gone") == nullptr);
}

TEST_CASE("of two packages with one id the first stays") {
  const Shelf shelf;
  shelf.put("b", with("same", 1));
  shelf.put("a", with("same", 2));
  const auto catalogue = load_catalogue(shelf.path);
  REQUIRE(catalogue->packages.size() == 1);
  CHECK(catalogue->packages[0].order == 2);
  REQUIRE(catalogue->broken.size() == 1);
  CHECK(catalogue->broken[0].folder == "b");
  CHECK(catalogue->broken[0].error.code == "catalogue.repeated_id");
}

TEST_CASE("a catalogue that is not there, or is no folder, is an error; an empty one is not") {
  const Shelf shelf;
  CHECK(load_catalogue(shelf.path)->packages.empty());
  CHECK(load_catalogue(shelf.path / "gone").error().code == "catalogue.missing");
  REQUIRE(write_file_durably(shelf.path / "file", view_of("x")).ok());
  CHECK(load_catalogue(shelf.path / "file").error().code == "catalogue.unreadable");
}

TEST_CASE("a catalogue has its limit") {
  const Shelf shelf;
  for (std::size_t i = 0; i <= package_count_max; ++i)
    std::filesystem::create_directory(shelf.path / std::to_string(i));
  CHECK(load_catalogue(shelf.path).error().code == "catalogue.too_many");
}
