#include "terminal/base/bytes.hpp"

#include "tests/catch.hpp"

using namespace bianmin;

TEST_CASE("base64: the vectors of RFC 4648, there and back, and nothing else is taken") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    CHECK(to_base64(view_of(plain)) == coded);
    const auto back = from_base64(coded);
    REQUIRE(back);
    CHECK(text_of(*back) == plain);
  }
  CHECK(to_base64(Bytes{0xFB, 0xFF, 0xFE}) == "+//+");
  for (const char* bad :
       {"Z", "Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "====", "Z===", "Zm9 ", "Zm9v\n", "Zm-v", "=Zg="}) {
    INFO(bad);
    const auto refused = from_base64(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "bytes.bad_base64");
  }
}

TEST_CASE("reader takes numbers in both byte orders") {
  const Bytes bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  ByteReader reader(bytes);
  CHECK(reader.u8() == 1);
  CHECK(reader.u16_be() == 0x0203);
  CHECK(reader.u16_le() == 0x0504);
  CHECK(reader.u32_be() == 0x06070809);
  CHECK(reader.left() == 1);
  CHECK_FALSE(reader.at_end());
  CHECK(reader.u8() == 10);
  CHECK(reader.at_end());
}

TEST_CASE("reader never passes the end and stays failed") {
  const Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.u32_be() == 0);
  CHECK(reader.failed());
  CHECK(reader.u8() == 0);
  CHECK(reader.rest().empty());
  CHECK_FALSE(reader.at_end());
}

TEST_CASE("writer mirrors the reader") {
  const Bytes bytes = ByteWriter().u8(1).u16_be(0x0203).u16_le(0x0405).u32_be(6).u32_le(7).u64_be(8).take();
  ByteReader reader(bytes);
  CHECK(reader.u8() == 1);
  CHECK(reader.u16_be() == 0x0203);
  CHECK(reader.u16_le() == 0x0405);
  CHECK(reader.u32_be() == 6);
  CHECK(reader.u32_le() == 7);
  CHECK(reader.u64_be() == 8);
  CHECK(reader.at_end());
}

TEST_CASE("hex goes both ways and refuses what is not hex") {
  CHECK(to_hex(Bytes{0, 0xab, 0xff}) == "00abff");
  CHECK(from_hex("00ABff").value() == Bytes{0, 0xab, 0xff});
  CHECK(from_hex("0").error().code == "bytes.bad_hex");
  CHECK(from_hex("0g").error().code == "bytes.bad_hex");
}

TEST_CASE("constant-time comparison compares") {
  CHECK(equal_constant_time(Bytes{1, 2}, Bytes{1, 2}));
  CHECK_FALSE(equal_constant_time(Bytes{1, 2}, Bytes{1, 3}));
  CHECK_FALSE(equal_constant_time(Bytes{1, 2}, Bytes{1}));
}
