#include "sync/record/slip.hpp"

#include "sync/record/case_no.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::record {

TEST_CASE("tokens are the entropy in base 32") {
  CHECK(make_token(Bytes(10, 0x00)) == "0000000000000000");
  CHECK(make_token(Bytes(10, 0xFF)) == "ZZZZZZZZZZZZZZZZ");
  CHECK(make_token(Bytes{0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF}) == "0123456789ABCDEF");
  CHECK(valid_token("0123456789ABCDEF"));
  CHECK_FALSE(valid_token("0123456789ABCDE"));
  CHECK_FALSE(valid_token("0123456789ABCDEI"));
}

TEST_CASE("a slip's code reads back") {
  const Slip slip{test::must(make_case_no(42, 1)), "0123456789ABCDEF"};
  CHECK(slip_text(slip) == "BM1:" + slip.case_no + ":0123456789ABCDEF");
  CHECK(test::must(parse_slip(slip_text(slip))) == slip);
  CHECK(test::must(parse_slip(slip_text(slip) + "\r\n")) == slip);
}

TEST_CASE("what is no slip says why") {
  const std::string number = test::must(make_case_no(42, 1));
  const auto code = [](const std::string& text) { return test::code_of(parse_slip(text)); };
  CHECK(code("") == "slip.not_ours");
  CHECK(code("https://example.org/") == "slip.not_ours");
  CHECK(code("BM0:" + number + ":0123456789ABCDEF") == "slip.not_ours");
  CHECK(code("BM2:" + number + ":0123456789ABCDEF") == "slip.newer");
  CHECK(code("BM1:" + number) == "slip.not_ours");
  CHECK(code("BM1:" + number + ":0123456789ABCDEF:x") == "slip.not_ours");
  CHECK(code("BM1:00000000000001:0123456789ABCDEF") == "slip.bad_case_no");
  CHECK(code("BM1:" + number + ":0123456789abcdef") == "slip.bad_token");
  for (std::size_t size = 0; size < 35; ++size) {
    CHECK_FALSE(parse_slip(slip_text({number, "0123456789ABCDEF"}).substr(0, size)).ok());
  }
}

}  // namespace bianmin::record
