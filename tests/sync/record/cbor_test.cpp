#include "sync/record/cbor.hpp"

#include <random>

#include "tests/sync/support.hpp"

namespace bianmin::record {

namespace {

std::string hex_of(CborWriter& writer) { return to_hex(writer.take()); }

bool reads_uint(const std::string& hex) {
  const Bytes bytes = test::must(from_hex(hex));
  CborReader in(bytes);
  (void)in.uint();
  return in.finished();
}

}  // namespace

TEST_CASE("numbers as RFC 8949 appendix A encodes them") {
  const std::pair<std::uint64_t, const char*> rows[] = {{0, "00"},
                                                        {1, "01"},
                                                        {10, "0a"},
                                                        {23, "17"},
                                                        {24, "1818"},
                                                        {25, "1819"},
                                                        {100, "1864"},
                                                        {1000, "1903e8"},
                                                        {1000000, "1a000f4240"},
                                                        {1000000000000, "1b000000e8d4a51000"},
                                                        {UINT64_MAX, "1bffffffffffffffff"}};
  for (const auto& [value, hex] : rows) {
    CborWriter out;
    CHECK(hex_of(out.uint(value)) == hex);
    const Bytes bytes = test::must(from_hex(hex));
    CborReader in(bytes);
    CHECK(in.uint() == value);
    CHECK(in.finished());
  }
}

TEST_CASE("strings, arrays and maps as RFC 8949 appendix A encodes them") {
  CborWriter text;
  CHECK(hex_of(text.text("水")) == "63e6b0b4");
  CborWriter bytes;
  CHECK(hex_of(bytes.bytes(Bytes{1, 2, 3, 4})) == "4401020304");
  CborWriter map;
  CHECK(hex_of(map.map(2).uint(1).uint(2).uint(3).uint(4)) == "a201020304");
  CborWriter array;
  CHECK(hex_of(array.array(3).uint(1).uint(2).uint(3)) == "83010203");
}

TEST_CASE("only the shortest form of a number is read") {
  for (const char* hex :
       {"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
        "1b00000000ffffffff", "1c", "1d", "1e", "1f", "20", "f4", "f6", "fb3ff0000000000000", "c100"}) {
    INFO(hex);
    CHECK_FALSE(reads_uint(hex));
  }
}

TEST_CASE("limits, wrong kinds, indefinite lengths and rests are refused") {
  const auto fails = [](const std::string& hex, auto read) {
    const Bytes bytes = test::must(from_hex(hex));
    CborReader in(bytes);
    read(in);
    return !in.finished();
  };
  CHECK(fails("4401020304", [](CborReader& in) { (void)in.bytes(3); }));
  CHECK(fails("4401020304", [](CborReader& in) { (void)in.text(10); }));
  CHECK(fails("62c328", [](CborReader& in) { (void)in.text(10); }));  // bad UTF-8
  CHECK(fails("7f616161ff", [](CborReader& in) { (void)in.text(10); }));
  CHECK(fails("5bffffffffffffffff", [](CborReader& in) { (void)in.bytes(SIZE_MAX); }));
  CHECK(fails("9bffffffffffffffff", [](CborReader& in) { (void)in.array(10); }));
  CHECK(fails("0000", [](CborReader& in) { (void)in.uint(); }));
  CHECK(fails("05", [](CborReader& in) { in.key(4); }));
  CHECK(fails("a0", [](CborReader& in) { in.map_exactly(1); }));
  CHECK(fails("", [](CborReader& in) { (void)in.uint(); }));
}

TEST_CASE("a failed reader gives nothing any more") {
  const Bytes bytes = {0x61, 'a', 0x05};
  CborReader in(bytes);
  CHECK(in.uint() == 0);
  CHECK(in.text(10).empty());
  CHECK(in.array(10) == 0);
  CHECK(in.failed());
}

}  // namespace bianmin::record
