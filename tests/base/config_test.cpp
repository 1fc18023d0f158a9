#include "terminal/base/config.hpp"

#include "terminal/base/arguments.hpp"
#include "tests/catch.hpp"

using namespace bianmin;

TEST_CASE("a configuration is read, with comments and defaults") {
  const auto config = Config::parse("# site\nsite = 柳溪镇便民服务中心\nppi=102\n", {"site", "ppi", "idle_s"}).value();
  CHECK(config.text("site") == "柳溪镇便民服务中心");
  CHECK(config.number("ppi", 96, 50, 400).value() == 102);
  CHECK(config.number("idle_s", 120, 1, 600).value() == 120);
  CHECK(config.number("ppi", 96, 150, 400).error().code == "config.bad_number");
}

TEST_CASE("mistakes in a configuration are found at start") {
  CHECK(Config::parse("sight = x", {"site"}).error().code == "config.unknown_key");
  CHECK(Config::parse("site", {"site"}).error().code == "config.bad_line");
  CHECK(Config::parse("site=a\nsite=b", {"site"}).error().code == "config.repeated_key");
  CHECK(Config::load("/nonexistent/kiosk.conf", {}).error().code == "file.missing");
}

TEST_CASE("numbers are whole and within their limits") {
  CHECK(parse_number("12", 0, 20).value() == 12);
  for (const auto* bad : {"", "12x", " 12", "21", "-1", "99999999999999999999"}) CHECK_FALSE(parse_number(bad, 0, 20).ok());
}

TEST_CASE("command lines") {
  const std::vector<OptionSpec> specs{{"config", true}, {"json", false}};
  const char* good[] = {"kioskctl", "devices", "--config=a", "--json", "--", "--x"};
  const auto arguments = Arguments::parse(6, good, specs).value();
  CHECK(arguments.value("config") == "a");
  CHECK(arguments.has("json"));
  CHECK(arguments.words() == std::vector<std::string>{"devices", "--x"});
  const char* unknown[] = {"kioskctl", "--jsn"};
  CHECK(Arguments::parse(2, unknown, specs).error().code == "usage.unknown_option");
  const char* missing[] = {"kioskctl", "--config"};
  CHECK(Arguments::parse(2, missing, specs).error().code == "usage.missing_value");
  const char* twice[] = {"kioskctl", "--json", "--json"};
  CHECK(Arguments::parse(3, twice, specs).error().code == "usage.repeated_option");
}
