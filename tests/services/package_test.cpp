#include "terminal/services/package_loader.hpp"

#include <unistd.h>

#include <filesystem>
#include <vector>

#include "terminal/base/files.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

struct Broken {
  const char* pointer;
  const char* value;  // "" takes the place out
  const char* code;
  const char* place;  // where the error says it is
};

// Each is the sample with one thing wrong.
const std::vector<Broken> broken_definitions = {
    {"/id", "", "package.missing_key", "/id"},
    {"/id", "\"Sample\"", "package.bad_id", "/id"},
    {"/id", "\"../up\"", "package.bad_id", "/id"},
    {"/id", "7", "package.bad_value", "/id"},
    {"/id", "\"\"", "package.bad_value", "/id"},
    {"/version", "0", "package.bad_value", "/version"},
    {"/version", "1.5", "package.bad_value", "/version"},
    {"/version", "18446744073709551615", "package.bad_value", "/version"},
    {"/version", "-9223372036854775808", "package.bad_value", "/version"},
    {"/version", "4294967297", "package.bad_value", "/version"},
    {"/colour", "\"red\"", "package.unknown_key", "/colour"},
    {"/flow", "\"flood\"", "package.bad_value", "/flow"},
    {"/icon", "\"Home.svg\"", "package.bad_icon", "/icon"},
    {"/item_code", "\"1133099900A210604X5002014001006\"", "package.bad_item_code", "/item_code"},
    {"/needs", "[\"toaster\"]", "package.unknown_device", "/needs"},
    {"/needs", "[\"id-card-reader\",\"id-card-reader\"]", "package.repeated_id", "/needs/1"},
    {"/needs", "\"id-card-reader\"", "package.bad_value", "/needs"},
    {"/wants", "[\"receipt-printer\",\"id-card-reader\"]", "package.repeated_id", "/wants"},
    {"/wants", "[]", "package.bad_steps", "/needs"},
    {"/cards", "[\"library\"]", "package.unknown_card", "/cards"},
    {"/cards", "[\"foreigner-2017\"]", "package.bad_field", "/fields/2/prefill"},
    {"/reads", "[\"mind\"]", "package.bad_value", "/reads"},
    {"/photo", "\"sell\"", "package.bad_value", "/photo"},
    {"/fields/0/source", "\"card.nationality\"", "package.bad_card_value", "/fields/0/source"},
    {"/fields/0/source", "\"card.further_address\"", "package.bad_card_value", "/fields/0/source"},
    {"/fields/0/where_present", "\"yes\"", "package.bad_value", "/fields/0/where_present"},
    {"/fields/0/id", "\"card.photo\"", "package.bad_id", "/fields/0/id"},
    {"/fields/1/options/0/needs_card", "\"permit_number\"", "package.bad_card_value", "/fields/1/options"},
    {"/fields", "[]", "package.bad_value", "/fields"},
    {"/fields/0", "5", "package.bad_value", "/fields/0"},
    {"/fields/0/id", "\"place\"", "package.repeated_id", "/fields/1/id"},
    {"/fields/0/source", "\"card.salary\"", "package.bad_field", "/fields/0/source"},
    {"/fields/0/source", "\"guess\"", "package.bad_field", "/fields/0/source"},
    {"/fields/0/mask", "\"carnival\"", "package.bad_field", "/fields/0/mask"},
    {"/fields/0/kind", "\"text\"", "package.unknown_key", "/fields/0/kind"},
    {"/fields/0/shown", "\"yes\"", "package.bad_value", "/fields/0/shown"},
    {"/fields/1/kind", "\"slider\"", "package.bad_field", "/fields/1/kind"},
    {"/fields/1/prefill", "\"moon\"", "package.bad_field", "/fields/1/prefill"},
    {"/fields/1/options/1/id", "\"here\"", "package.repeated_id", "/fields/1/options/1"},
    {"/fields/1/options/1/icon", "\"\"", "package.bad_value", "/fields/1/options/1/icon"},
    {"/fields/1/options", "[{\"id\":\"here\",\"icon\":\"home\",\"label\":\"here\"}]", "package.bad_field",
     "/fields/1/options"},
    {"/fields/1/options", "[1,2,3,4,5,6]", "package.bad_value", "/fields/1/options"},
    {"/fields/2/prefill", "\"card.salary\"", "package.bad_field", "/fields/2/prefill"},
    {"/fields/2/length_max", "1", "package.bad_field", "/fields/2/length_max"},
    {"/fields/2/length_max", "", "package.missing_key", "/fields/2/length_max"},
    {"/fields/3/starts_with", "[\"1\",\"x\"]", "package.bad_field", "/fields/3/starts_with"},
    {"/fields/3/starts_with", "[\"1\",\"\"]", "package.bad_value", "/fields/3/starts_with/1"},
    {"/fields/4/not_after_today", "1", "package.bad_value", "/fields/4/not_after_today"},
    {"/rules/0/check", "\"is_nice\"", "package.bad_rule", "/rules/0/check"},
    {"/rules/0/code", "\"Sample Expired\"", "package.bad_rule", "/rules/0/code"},
    {"/rules/0/years", "60", "package.unknown_key", "/rules/0/years"},
    {"/rules/1/years", "151", "package.bad_value", "/rules/1/years"},
    {"/rules/1/code", "\"sample.expired\"", "package.repeated_id", "/rules/1/code"},
    {"/rules/3/field", "\"gone\"", "package.unknown_field", "/rules/3/field"},
    {"/rules/3/field", "\"phone\"", "package.bad_field", "/rules/3/field"},
    {"/rules/3/values", "[\"moon\"]", "package.bad_field", "/rules/3/field"},
    {"/steps/0", "{\"step\":\"dance\"}", "package.unknown_step", "/steps/0/step"},
    {"/steps/0", "{\"step\":\"scan\",\"field\":\"name\"}", "package.bad_steps", "/fields/0"},
    {"/steps/0", "{\"step\":\"rate\"}", "package.bad_steps", "/fields/0"},
    {"/steps/1/field", "\"gone\"", "package.bad_steps", "/fields/1"},
    {"/steps/1/when", "{\"field\":\"place\",\"values\":[\"here\"]}", "package.bad_steps", "/steps/1/when"},
    {"/steps/2/when/values", "[\"moon\"]", "package.bad_field", "/steps/2/when"},
    {"/steps/2/when/field", "\"gone\"", "package.unknown_field", "/steps/2/when"},
    {"/steps/2/when/else", "1", "package.unknown_key", "/steps/2/when/else"},
    {"/steps/5", "{\"step\":\"submit\"}", "package.bad_steps", "/steps/6"},
    {"/steps/6", "{\"step\":\"review\"}", "package.bad_steps", "/steps/6"},
    {"/steps/7", "{\"step\":\"ask\"}", "package.bad_steps", "/steps/7"},
    {"/steps/7", "", "package.bad_steps", "/needs"},
    {"/receipt", "", "package.bad_receipt", "/receipt"},
    {"/receipt/0/line", "\"picture\"", "package.bad_receipt", "/receipt/0/line"},
    {"/receipt/0/scale", "3", "package.bad_value", "/receipt/0/scale"},
    {"/receipt/0/align", "\"up\"", "package.bad_receipt", "/receipt/0/align"},
    {"/receipt/2/value", "\"{card.name}\"", "package.bad_placeholder", "/receipt/2/value"},
    {"/receipt/2/value", "\"{name\"", "package.bad_placeholder", "/receipt/2/value"},
    {"/receipt/2/value", "\"No {case_no}\"", "package.bad_value", "/receipt/2/value"},
    {"/receipt/2/value", "\"No key\"", "package.bad_value", "/receipt/2/value"},
    {"/sheet", "[]", "package.bad_value", "/sheet"},
    {"/sheet/title", "", "package.missing_key", "/sheet/title"},
    {"/sheet/title", "\"{case_no}\"", "package.bad_value", "/sheet/title"},
    {"/sheet/seal", "1", "package.unknown_key", "/sheet/seal"},
    {"/sheet/closing", "", "package.missing_key", "/sheet/closing"},
    {"/sheet/closing", "[1]", "package.bad_value", "/sheet/closing/0"},
    {"/sheet/closing", "[\"next\",\"n\",\"n\",\"n\",\"n\",\"n\",\"n\"]", "package.bad_value",
     "/sheet/closing"},
    {"/sheet/closing/1", "\"{case_no}\"", "package.bad_value", "/sheet/closing/1"},
    {"/sheet/fields", "", "package.missing_key", "/sheet/fields"},
    {"/sheet/fields/1", "\"gone\"", "package.unknown_field", "/sheet/fields/1"},
    {"/sheet/fields/1", "\"place\"", "package.repeated_id", "/sheet/fields/1"},
    {"/results", "[]", "package.unknown_key", "/results"},
};

const std::vector<Broken> broken_strings = {
    {"/title", "", "package.missing_string", "/title"},
    {"/title", "\"\"", "package.bad_string", "/title"},
    {"/title", "5", "package.bad_string", "/title"},
    {"/title", "\"a\\nb\"", "package.bad_string", "/title"},
    {"/title", "\"{\"", "package.bad_placeholder", "/title"},
    {"/title", "\"Dear {card.name}\"", "package.bad_placeholder", "/title"},
    {"/slip", "\"For {card.name}\"", "package.bad_placeholder", "/slip"},
    {"/sheet", "", "package.missing_string", "/sheet"},
    {"/open", "\"For {card.name}\"", "package.bad_placeholder", "/open"},
    {"/cap", "\"{qr}\"", "package.bad_placeholder", "/cap"},
    {"/next", "\"{office}\"", "package.bad_placeholder", "/next"},
    {"/addr", "\"{case_no}\"", "package.bad_placeholder", "/addr"},
    {"/extra", "\"x\"", "package.unused_string", "/extra"},
    {"/Bad Key", "\"x\"", "package.bad_string", "/"},
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "package_test.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    std::filesystem::create_directory(path / "strings");
    put("service.json", sample_definition);
    put("strings/zh-Hans.json", sample_strings);
    put("strings/en.json", sample_strings);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void put(const std::string& file, std::string_view text) const {
    REQUIRE(write_file_durably(path / file, view_of(text)).ok());
  }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a package is read with everything it says") {
  const Package package = sample_package();
  CHECK(package.id == "sample");
  CHECK(package.version == 3);
  CHECK(package.order == 5);
  CHECK(package.needs == std::vector<std::string>{"id-card-reader"});
  CHECK(package.wants == std::vector<std::string>{"receipt-printer"});
  REQUIRE(package.fields.size() == 5);
  CHECK(package.fields[0].mask == Mask::name);
  CHECK(package.fields[1].options[1].icon == "plane");
  CHECK(package.fields[3].starts_with == std::vector<std::string>{"1", "086"});
  CHECK(package.fields[3].optional());
  CHECK_FALSE(package.fields[4].optional());
  CHECK(package.rules[1].years == 60);
  CHECK(package.steps[2].when->values == std::vector<std::string>{"there"});
  CHECK(std::get<ReceiptText>(package.receipt[0]).scale == 2);
  CHECK(package.find_field("street") == &package.fields[2]);
  CHECK(package.find_field("gone") == nullptr);
}

TEST_CASE("texts fall back to Chinese, and an unknown key is empty") {
  auto languages = sample_languages();
  languages["zh-Hans"] = changed(sample_strings, "/title", "\"题\"");
  const auto package = parse_package(sample_definition, languages);
  REQUIRE(package.ok());
  CHECK(package->text("en", "title") == "T");
  CHECK(package->text("zh-Hans", "title") == "题");
  CHECK(package->text("ug", "title") == "题");
  CHECK(package->text("en", "gone").empty());
  CHECK(package->text("en", "").empty());
}

TEST_CASE("every broken definition has its code and its place") {
  for (const Broken& broken : broken_definitions) {
    INFO(broken.pointer << " = " << broken.value);
    const auto package =
        parse_package(changed(sample_definition, broken.pointer, broken.value), sample_languages());
    REQUIRE_FALSE(package.ok());
    CHECK(package.error().code == broken.code);
    CHECK(package.error().remedy == Remedy::refuse);
    const std::string place = std::string("service.json ") + broken.place + ": ";
    INFO(package.error().detail);
    CHECK(package.error().detail.find(place) == 0);
  }
}

TEST_CASE("every broken strings file has its code and its place") {
  for (const Broken& broken : broken_strings) {
    INFO(broken.pointer << " = " << broken.value);
    auto languages = sample_languages();
    languages["en"] = changed(sample_strings, broken.pointer, broken.value);
    const auto package = parse_package(sample_definition, languages);
    REQUIRE_FALSE(package.ok());
    INFO(package.error().detail);
    CHECK(package.error().code == broken.code);
    CHECK(package.error().detail.find(std::string("strings/en.json ") + broken.place) == 0);
  }
}

TEST_CASE("what is no JSON object is refused") {
  for (const char* text : {"", "{", "[]", "7", "{\"id\":1,\"id\":2}", "null"}) {
    INFO(text);
    const auto package = parse_package(text, sample_languages());
    REQUIRE_FALSE(package.ok());
    CHECK((package.error().code == "package.bad_json" || package.error().code == "package.bad_value"));
    auto languages = sample_languages();
    languages["en"] = text;
    CHECK_FALSE(parse_package(sample_definition, languages).ok());
  }
}

TEST_CASE("a further language must be complete as well") {
  auto languages = sample_languages();
  languages["ug"] = changed(sample_strings, "/title", "");
  CHECK(parse_package(sample_definition, languages).error().code == "package.missing_string");
  languages["ug"] = std::string(sample_strings);
  CHECK(parse_package(sample_definition, languages).ok());
  languages["../en"] = std::string(sample_strings);
  CHECK(parse_package(sample_definition, languages).error().code == "package.bad_language");
}

TEST_CASE("the progress flow knows its steps and every state") {
  constexpr std::string_view progress = R"({
    "id": "p", "version": 1, "flow": "progress", "item_code": "X", "icon": "search", "title": "t", "summary": "t",
    "needs": ["code-scanner"],
    "fields": [{"id": "slip", "source": "scan", "label": "t", "prefix": "BM", "length_max": 9}],
    "steps": [{"step": "scan", "field": "slip"}, {"step": "ask"}, {"step": "result"}],
    "results": [{"state": "saved", "icon": "a", "title": "t", "detail": "t"},
                {"state": "sent", "icon": "a", "title": "t", "detail": "t"},
                {"state": "accepted", "icon": "a", "title": "t", "detail": "t"},
                {"state": "not_found", "icon": "a", "title": "t", "detail": "t"},
                {"state": "offline", "icon": "a", "title": "t", "detail": "t"}]})";
  const StringFiles languages = {{"zh-Hans", "{\"t\":\"T\"}"}, {"en", "{\"t\":\"T\"}"}};
  const auto good = parse_package(progress, languages);
  REQUIRE(good.ok());
  CHECK(good->find_result("sent")->icon == "a");
  CHECK(good->find_result("lost") == nullptr);
  for (const Broken& broken : std::vector<Broken>{
           {"/results/4", "", "package.bad_results", "/results"},
           {"/results/0/state", "\"lost\"", "package.bad_results", "/results/0/state"},
           {"/results/0/state", "\"sent\"", "package.bad_results", "/results/1/state"},
           {"/steps/1", "", "package.bad_steps", "/steps"},
           {"/steps/2", "{\"step\":\"review\"}", "package.bad_steps", "/steps/2"},
           {"/needs", "[]", "package.bad_steps", "/needs"},
           {"/office", "\"t\"", "package.unknown_key", "/office"},
           {"/fields/0", "{\"id\":\"slip\",\"source\":\"card.name\",\"label\":\"t\"}", "package.bad_steps",
            "/fields/0"},
       }) {
    INFO(broken.pointer << " = " << broken.value);
    const auto package = parse_package(changed(progress, broken.pointer, broken.value), languages);
    REQUIRE_FALSE(package.ok());
    INFO(package.error().detail);
    CHECK(package.error().code == broken.code);
    CHECK(package.error().detail.find(std::string("service.json ") + broken.place + ": ") == 0);
  }
}

TEST_CASE("a rule over the card needs a card step") {
  std::string text = changed(sample_definition, "/steps/0", "");
  text = changed(text, "/needs", "[]");
  text = changed(text, "/fields/2/prefill", "");
  CHECK(parse_package(text, sample_languages()).error().detail.find("service.json /fields/0: it needs") == 0);
  text = changed(text, "/fields/0", "");
  CHECK(parse_package(text, sample_languages()).error().code == "package.bad_rule");
  text = changed(text, "/rules", "[]");
  // What is left of the card is the address in a string.
  CHECK(parse_package(text, sample_languages()).error().code == "package.bad_placeholder");
}

TEST_CASE("a package is read from its folder, with its further languages") {
  const Folder folder;
  folder.put("strings/bo.json", sample_strings);
  const auto package = load_package(folder.path);
  REQUIRE(package.ok());
  CHECK(package->strings.size() == 3);
  CHECK(package->text("bo", "title") == "T");
}

TEST_CASE("files that are missing, too large or folders are refused") {
  const Folder folder;
  SECTION("no service.json") {
    std::filesystem::remove(folder.path / "service.json");
    CHECK(load_package(folder.path).error().code == "package.missing_file");
    CHECK(load_package(folder.path / "gone").error().code == "package.missing_file");
  }
  SECTION("no English") {
    std::filesystem::remove(folder.path / "strings/en.json");
    const auto package = load_package(folder.path);
    CHECK(package.error().code == "package.missing_file");
    CHECK(package.error().detail.find("strings/en.json") == 0);
  }
  SECTION("no strings at all") {
    std::filesystem::remove_all(folder.path / "strings");
    CHECK(load_package(folder.path).error().code == "package.missing_file");
  }
  SECTION("strings is a file") {
    std::filesystem::remove_all(folder.path / "strings");
    folder.put("strings", "{}");
    CHECK_FALSE(load_package(folder.path).ok());
  }
  SECTION("too large") {
    folder.put("service.json", std::string(package_file_byte_max + 1, ' '));
    CHECK(load_package(folder.path).error().code == "package.unreadable");
  }
  SECTION("a folder in its place") {
    std::filesystem::remove(folder.path / "strings/en.json");
    std::filesystem::create_directory(folder.path / "strings/en.json");
    CHECK(load_package(folder.path).error().code == "package.unreadable");
  }
  SECTION("too many languages") {
    for (char c = 'a'; c <= 'z'; ++c) folder.put(std::string("strings/x") + c + ".json", sample_strings);
    CHECK(load_package(folder.path).error().code == "package.bad_language");
  }
}
