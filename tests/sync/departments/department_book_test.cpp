// departments.json: who gets what, and everything in it that is refused at start.
#include "sync/departments/department_book.hpp"

#include "sync/departments/connected_department.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::departments {

using test::must;

namespace {

Result<DepartmentBook> parse(const std::string& text) { return DepartmentBook::parse(text, "/hub"); }

std::string one_department(const std::string& members) {
  return R"({"departments": {"d": {)" + members + R"(}}, "services": {"*": "d"}})";
}

constexpr const char* rest_members = R"("kind": "rest", "url": "https://d/cases", "ca": "d.crt")";
constexpr const char* road_members =
    R"("kind": "x-road", "url": "https://s", "ca": "s.crt", "client": ["A", "B", "C"], "service": ["A", "B", "C", "D"])";

}  // namespace

TEST_CASE("no file: an empty book, and everything goes to the register") {
  const test::TempFolder folder;
  const auto book = must(DepartmentBook::load(folder.path()));
  CHECK(book.departments().empty());
  CHECK(book.find("pension-confirmation") == nullptr);
  must(write_file_durably(folder / department_book_file, view_of("{}")));
  CHECK(test::code_of(DepartmentBook::load(folder.path())) == "departments.bad_book");
  must(write_file_durably(folder / department_book_file, Bytes(department_book_size_max + 1, ' ')));
  CHECK(test::code_of(DepartmentBook::load(folder.path())) == "file.too_large");
}

TEST_CASE("a service finds its department: named whole, by the longest beginning, or by the star alone") {
  const auto book = must(parse(
      R"({"departments": {"pensions": {"kind": "rest", "url": "https://p", "ca": "p.crt"},
                          "people": {"kind": "rest", "url": "https://q", "ca": "p.crt"},
                          "moves": {"kind": "rest", "url": "https://m", "ca": "p.crt"},
                          "here": {"kind": "register"}},
          "services": {"pension-confirmation": "pensions", "household-*": "people", "household-move*": "moves",
                       "household-move": "here", "local-*": "here"}})"));
  const auto name = [&](const char* service) {
    const auto* found = book.find(service);
    return found == nullptr ? std::string("register") : found->name;
  };
  CHECK(name("pension-confirmation") == "pensions");
  CHECK(name("pension-confirmation-2") == "register");
  CHECK(name("household-") == "people");
  CHECK(name("household-split") == "people");
  CHECK(name("household-mover") == "moves");
  CHECK(name("household-move") == "register");
  CHECK(name("local-bus") == "register");
  CHECK(name("") == "register");
  CHECK(must(parse(one_department(rest_members))).find("")->name == "d");
  CHECK(book.named("people") != nullptr);
  CHECK(book.named("nobody") == nullptr);
}

TEST_CASE("what a department is set to, and what it is when nothing is said") {
  const auto all = must(parse(one_department(
      std::string(rest_members) +
      R"(, "certificate": "own.crt", "key": "own.key", "per_second": 3, "parallel": 2, "connect_timeout_ms": 1000,
          "timeout_ms": 2000, "states_interval_s": 9, "states_url": "https://d/states")")));
  const auto& d = *all.named("d");
  CHECK(d.kind == DepartmentKind::rest);
  CHECK(d.client.authority == "/hub/d.crt");
  CHECK(d.client.certificate == "/hub/own.crt");
  CHECK(d.client.key == "/hub/own.key");
  CHECK(d.client.connect_timeout_ms == 1'000);
  CHECK(d.client.timeout_ms == 2'000);
  CHECK(d.per_second == 3);
  CHECK(d.parallel == 2);
  CHECK(d.states_interval_s == 9);
  CHECK(d.rest.url == "https://d/cases");
  CHECK(d.rest.states_url == "https://d/states");
  const auto few = must(parse(one_department(rest_members)));
  CHECK(few.named("d")->client.certificate.empty());
  CHECK(few.named("d")->parallel == 1);
  CHECK(few.named("d")->per_second == 20);
  CHECK(must(parse(one_department(R"("kind": "rest", "url": "http://127.0.0.1:8080/x")")))
            .named("d")
            ->client.authority.empty());
  const auto road = must(parse(one_department(std::string(road_members) +
                                              R"(, "path": "/p", "states_path": "/s", "user_id": "CN1",
          "security_server": ["A", "B", "C", "D"], "represented_party": ["M"], "request_hash": "carried")")));
  CHECK(road.named("d")->x_road.service == XRoadId{"A", "B", "C", "D"});
  CHECK_FALSE(road.named("d")->x_road.check_hash);
  CHECK(must(parse(one_department(road_members))).named("d")->x_road.check_hash);
  CHECK(ConnectedDepartment::make(*road.named("d"), {}).ok());
  CHECK(ConnectedDepartment::make(d, {}).ok());
  const auto registered = must(parse(one_department(R"("kind": "register")")));
  CHECK(test::code_of(ConnectedDepartment::make(*registered.named("d"), {})) == "departments.bad_book");
}

TEST_CASE("the book that README.md shows is one") {
  const auto readme = text_of(must(read_file("README.md", 1U << 20U)));
  const std::size_t begin = readme.find("```json\n");
  REQUIRE(begin != std::string::npos);
  const auto book = must(parse(readme.substr(begin + 8, readme.find("```", begin + 8) - begin - 8)));
  CHECK(book.departments().size() == 3);
  CHECK(book.find("pension-confirmation")->name == "pensions");
  CHECK(book.find("household-move")->kind == DepartmentKind::x_road);
  CHECK(book.find("anything") == nullptr);
}

TEST_CASE("a book with anything wrong in it is refused, and says where") {
  const std::string rest = rest_members;
  const std::string road = road_members;
  for (const std::string& bad : {
           std::string(""),
           std::string("[]"),
           std::string("{"),
           std::string(R"({"departments": {}})"),
           std::string(R"({"departments": {}, "services": {}, "more": 1})"),
           std::string(R"({"departments": [], "services": {}})"),
           std::string(R"({"departments": {}, "services": []})"),
           std::string(R"({"departments": {}, "services": {"a": "nobody"}})"),
           std::string(R"({"departments": {"d": {"kind": "register"}}, "services": {"a": 1}})"),
           std::string(R"({"departments": {"d": {"kind": "register"}}, "services": {"a*b": "d"}})"),
           std::string(R"({"departments": {"d": {"kind": "register"}}, "services": {"": "d"}})"),
           std::string(R"({"departments": {"D": {"kind": "register"}}, "services": {}})"),
           std::string(R"({"departments": {"": {"kind": "register"}}, "services": {}})"),
           std::string(R"({"departments": {"d": 1}, "services": {}})"),
           one_department(R"("kind": "soap")"),
           one_department(R"("kind": 1)"),
           one_department(""),
           one_department(R"("kind": "register", "url": "https://d")"),
           one_department(R"("kind": "rest")"),
           one_department(R"("kind": "rest", "url": "http://d", "ca": "x")"),
           one_department(R"("kind": "rest", "url": "https://d")"),
           one_department(rest + R"(, "urls": "x")"),
           one_department(rest + R"(, "certificate": "x")"),
           one_department(rest + R"(, "key": "x")"),
           one_department(rest + R"(, "per_second": 0)"),
           one_department(rest + R"(, "per_second": 1001)"),
           one_department(rest + R"(, "per_second": "5")"),
           one_department(rest + R"(, "per_second": 1.5)"),
           one_department(rest + R"(, "per_second": -1)"),
           one_department(rest + R"(, "parallel": 17)"),
           one_department(rest + R"(, "timeout_ms": 99)"),
           one_department(rest + R"(, "timeout_ms": 300001)"),
           one_department(rest + R"(, "states_url": "http://d")"),
           one_department(rest + R"(, "client": ["a"])"),
           one_department(rest + R"(, "kind": "rest")"),
           one_department(road + R"(, "states_url": "https://d")"),
           one_department(road + R"(, "path": "x")"),
           one_department(road + R"(, "security_server": "A/B/C/D")"),
           one_department(road + R"(, "represented_party": [1])"),
           one_department(road + R"(, "request_hash": "no")"),
           one_department(R"("kind": "x-road", "url": "https://s/x", "ca": "c", "client": ["A", "B", "C"],
                             "service": ["A", "B", "C", "D"])"),
           one_department(
               R"("kind": "x-road", "url": "https://s", "ca": "c", "service": ["A", "B", "C", "D"])"),
           one_department(
               R"("kind": "x-road", "url": "https://s", "ca": "c", "client": ["A", "B", "C", "D", "E", "F"],
                             "service": ["A", "B", "C", "D"])"),
       }) {
    INFO(bad);
    const auto book = parse(bad);
    REQUIRE_FALSE(book);
    CHECK(book.error().code == "departments.bad_book");
    CHECK_FALSE(book.error().detail.empty());
  }
}

}  // namespace bianmin::departments
