#include "terminal/session/pin_entry.hpp"

#include <string>

#include "tests/catch.hpp"

using bianmin::SecretBytes;
using bianmin::session::PinEntry;

namespace {
std::string text(const SecretBytes& bytes) { return {bytes.begin(), bytes.end()}; }
void type(PinEntry& pin, const std::string& digits) {
  for (const char digit : digits) pin.add(digit);
}
}  // namespace

TEST_CASE("digits are added, erased and cleared", "[pin]") {
  PinEntry pin;
  pin.erase();
  CHECK(pin.count() == 0);
  type(pin, "4711");
  pin.erase();
  CHECK(pin.count() == 3);
  pin.add('9');
  CHECK(text(pin.take()) == "4719");
  CHECK(pin.count() == 0);
  type(pin, "12");
  pin.clear();
  CHECK(pin.take().empty());
}

TEST_CASE("nothing but digits, and no more than fit", "[pin]") {
  PinEntry pin;
  type(pin, "1a-/:\x01 2");
  CHECK(pin.count() == 2);
  type(pin, "34567890123456");
  CHECK(pin.count() == bianmin::session::pin_digit_count_max);
  CHECK(text(pin.take()) == "123456789012");
}

TEST_CASE("what is cleared and erased is overwritten where it stood", "[pin]") {
  PinEntry pin;
  type(pin, "8642");
  pin.clear();
  type(pin, "17");
  pin.erase();
  const SecretBytes left = pin.take();
  REQUIRE(left.size() == 1);
  REQUIRE(left.capacity() >= 4);
  for (std::size_t i = 1; i < 4; ++i) CHECK(left.data()[i] == 0);
}

TEST_CASE("digits keep to their first memory", "[pin]") {
  PinEntry pin;
  type(pin, "123456789012");
  CHECK(pin.take().capacity() == bianmin::session::pin_digit_count_max);
}
