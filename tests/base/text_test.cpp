#include "terminal/base/text.hpp"

#include "tests/catch.hpp"

using namespace bianmin;

TEST_CASE("UTF-8 and UTF-16LE go both ways, beyond the basic plane too") {
  const std::string name = "张𠮷三A";  // U+20BB7 needs a surrogate pair
  const Bytes wide = utf16le_from_utf8(name).value();
  CHECK(wide.size() == 10);
  CHECK(utf8_from_utf16le(wide).value() == name);
}

TEST_CASE("bad UTF-8 is refused") {
  for (const std::string_view bad : {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE5\xBC", "\xFF", "\x80"}) {
    CHECK_FALSE(valid_utf8(bad));
    CHECK(utf16le_from_utf8(bad).error().code == "text.bad_utf8");
  }
  CHECK(valid_utf8("便民 bianmin"));
}

TEST_CASE("bad UTF-16 is refused") {
  CHECK(utf8_from_utf16le(Bytes{0x00}).error().code == "text.bad_utf16");
  CHECK(utf8_from_utf16le(Bytes{0x00, 0xD8}).error().code == "text.bad_utf16");
  CHECK(utf8_from_utf16le(Bytes{0x00, 0xDC, 0x41, 0x00}).error().code == "text.bad_utf16");
}

TEST_CASE("trim, split, replace") {
  CHECK(trim("  a b \r\n") == "a b");
  CHECK(trim(" \t").empty());
  CHECK(split("a,,b", ',').size() == 3);
  CHECK(replace_all("{x}-{x}", "{x}", "y") == "y-y");
}
