#include "terminal/base/gb18030.hpp"

#include "tests/catch.hpp"

using namespace bianmin;

TEST_CASE("GB 18030 there and back") {
  const std::string text = "办好了，已经存好。赵秀兰·A1𠮷㐂";
  const auto bytes = gb18030_from_utf8(text);
  REQUIRE(bytes.ok());
  CHECK(utf8_from_gb18030(*bytes) == text);
  CHECK(to_hex(*gb18030_from_utf8("办")) == "b0ec");
  CHECK_FALSE(gb18030_from_utf8("\xFF").ok());
  CHECK(utf8_from_gb18030(Bytes{0xFF, 'a'}) == "\uFFFDa");
}
