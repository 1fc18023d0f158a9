#include "sync/hub/web/connection_book.hpp"

#include "tests/catch.hpp"

namespace bianmin::hub {

namespace {

Bytes v6(std::initializer_list<std::uint8_t> first, std::uint8_t last) {
  Bytes out(first);
  out.resize(16);
  out[15] = last;
  return out;
}

}  // namespace

TEST_CASE("an address is an IPv4 address, however it is written, or a site of IPv6") {
  const Bytes v4 = {192, 0, 2, 7};
  Bytes mapped(10);
  append(mapped, Bytes{0xff, 0xff, 192, 0, 2, 7});
  CHECK(address_key(v4) == address_key(mapped));
  CHECK(address_key(v4) != address_key(Bytes{192, 0, 2, 8}));
  CHECK(address_key(v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 1}, 1)) ==
        address_key(v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 1}, 2)));
  CHECK(address_key(v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 1}, 1)) !=
        address_key(v6({0x20, 1, 0xd, 0xb8, 0, 0, 0, 2}, 1)));
}

TEST_CASE("so many in all and from one address; who leaves makes room") {
  ConnectionBook book({4, 2, 8});
  book.opened(1, "a");
  book.opened(2, "a");
  CHECK(book.refuses("a") == "address");
  CHECK_FALSE(book.refuses("b"));
  book.opened(3, "b");
  book.opened(4, "c");
  CHECK(book.refuses("d") == "total");
  book.closed(1);
  book.closed(1);
  CHECK(book.count() == 3);
  CHECK_FALSE(book.refuses("a"));
}

TEST_CASE("a terminal beyond its number loses its oldest connection") {
  ConnectionBook book({100, 100, 2});
  for (std::uint64_t number = 1; number <= 4; ++number) book.opened(number, "a");
  CHECK_FALSE(book.named(1, "T-0001"));
  CHECK_FALSE(book.named(2, "T-0001"));
  CHECK(book.named(3, "T-0001") == 1U);
  book.closed(1);
  book.closed(2);
  CHECK_FALSE(book.named(4, "T-0001"));
}

}  // namespace bianmin::hub
