// The whole tree keeps the rules of the house.
#include "tests/catch.hpp"
#include "tests/house/house_rules.hpp"

using namespace bianmin::house;

TEST_CASE("the tree keeps the rules of the house") {
  const Survey survey = check_tree(".");
  CHECK(survey.files > 40);  // it did look
  for (const Breach& breach : survey.breaches) {
    FAIL_CHECK(breach.file << ":" << breach.line << ": " << breach.what);
  }
}
