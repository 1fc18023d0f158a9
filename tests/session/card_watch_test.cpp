#include "terminal/session/card_watch.hpp"

#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_devices.hpp"

using namespace bianmin;
using card::CardPresence;
using session::CardWatch;

namespace {

card::IdCard card_of(const std::string& number) {
  card::IdCard card;
  card.number = number;
  return card;
}

struct WatchBench {
  explicit WatchBench(bool reader_was_empty) : watch(reader, log, reader_was_empty) {
    watch.start({[this] { ++changes; }, [this](bool there) { another.push_back(there); }});
  }
  FakeClock clock;
  Log log{clock, stderr};
  FakeReader reader;
  int changes = 0;
  std::vector<bool> another;
  CardWatch watch;
};

const std::string grandma = "11010519491231002X";
const std::string farmer = "440524188001010014";

}  // namespace

TEST_CASE("a card that was there before the session is forgotten until it is lifted") {
  WatchBench bench(false);
  CHECK_FALSE(bench.watch.may_read());  // nobody has looked yet
  CHECK_FALSE(bench.watch.forgotten());
  bench.reader.become(CardPresence::present);
  CHECK(bench.watch.forgotten());
  CHECK_FALSE(bench.watch.may_read());
  bench.reader.become(CardPresence::none);
  CHECK_FALSE(bench.watch.forgotten());
  CHECK(bench.watch.may_read());
  bench.reader.become(CardPresence::present);
  CHECK(bench.watch.may_read());
  CHECK(bench.changes == 3);
}

TEST_CASE("a card put on after an empty reader is the next person's") {
  WatchBench bench(true);
  CHECK(bench.watch.may_read());
  bench.reader.become(CardPresence::present);
  CHECK_FALSE(bench.watch.forgotten());
  CHECK(bench.watch.card_there());
}

TEST_CASE("a reader that does not know whether a card lies there clears nobody") {
  WatchBench bench(false);
  bench.reader.become(CardPresence::unknown);
  CHECK_FALSE(bench.watch.may_read());
  CHECK_FALSE(bench.watch.forgotten());
}

TEST_CASE("the same card coming back bothers nobody, another one is told") {
  WatchBench bench(true);
  bench.watch.set_person(card_of(grandma));
  CHECK_FALSE(bench.watch.another_person(card_of(grandma)));
  CHECK(bench.watch.another_person(card_of(farmer)));
  card::IdCard other_kind = card_of(grandma);
  other_kind.kind = card::CardKind::hong_kong_macao_taiwan;
  CHECK(bench.watch.another_person(other_kind));
  bench.watch.guard(true);
  bench.reader.become(CardPresence::none);
  CHECK_FALSE(bench.reader.reading());
  bench.reader.become(CardPresence::present);
  REQUIRE(bench.reader.reading());
  CHECK_FALSE(bench.reader.asked.fingerprints);
  bench.reader.answer(card_of(grandma));
  CHECK(bench.another.empty());
  bench.reader.become(CardPresence::none);
  bench.reader.become(CardPresence::present);
  bench.reader.answer(card_of(farmer));
  CHECK(bench.another == std::vector<bool>{true});
  bench.reader.become(CardPresence::none);
  CHECK(bench.another == std::vector<bool>{true, false});
}

TEST_CASE("the first person stays the person of the session") {
  WatchBench bench(true);
  CHECK_FALSE(bench.watch.another_person(card_of(farmer)));  // nobody is here yet
  bench.watch.set_person(card_of(grandma));
  bench.watch.set_person(card_of(farmer));
  CHECK(bench.watch.another_person(card_of(farmer)));
}

TEST_CASE("nothing is read without a guard, without a person, or when the card is gone again") {
  WatchBench bench(true);
  bench.reader.become(CardPresence::present);
  CHECK_FALSE(bench.reader.reading());
  bench.watch.guard(true);
  bench.reader.become(CardPresence::none);
  bench.reader.become(CardPresence::present);
  CHECK_FALSE(bench.reader.reading());
  bench.watch.set_person(card_of(grandma));
  bench.reader.become(CardPresence::none);
  bench.reader.become(CardPresence::present);
  CHECK(bench.reader.reading());
  bench.reader.become(CardPresence::none);
  CHECK_FALSE(bench.reader.reading());
  bench.reader.become(CardPresence::present);
  bench.reader.answer(Error{Remedy::ask_resident, "card.unreadable", {}});
  CHECK(bench.another.empty());
  bench.reader.become(CardPresence::none);
  bench.reader.become(CardPresence::present);
  bench.watch.guard(false);
  CHECK_FALSE(bench.reader.reading());
}

TEST_CASE("a watch that goes leaves the reader alone") {
  FakeClock clock;
  Log log{clock, stderr};
  FakeReader reader;
  {
    CardWatch watch(reader, log, true);
    watch.start({});
    watch.set_person(card_of(grandma));
    watch.guard(true);
    reader.become(CardPresence::present);
    CHECK(reader.reading());
  }
  CHECK_FALSE(reader.reading());
  CHECK_FALSE(reader.watched());
}
