// A slip between the loop and the printer's thread: who ends it, and how.
#include "drivers/printer/slip_desk.hpp"

#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

Document one_line() { return {{TextLine{"1"}}}; }

void bring_to(SlipDesk& desk, SlipPhase phase, bool body_known = true) {
  REQUIRE(desk.order(one_line()));
  if (phase == SlipPhase::waiting) return;
  REQUIRE(desk.begin());
  if (phase == SlipPhase::printing) return;
  REQUIRE(desk.body_sent(body_known));
  if (phase == SlipPhase::uncut) return;
  REQUIRE(desk.cut_begins());
  REQUIRE(desk.phase() == phase);
}

}  // namespace

TEST_CASE("a slip goes from the order to the cut, one at a time") {
  SlipDesk desk;
  CHECK(desk.idle());
  bring_to(desk, SlipPhase::cutting);
  CHECK_FALSE(desk.order(one_line()));
  desk.printed();
  CHECK(desk.idle());
  CHECK(desk.order(one_line()));
}

TEST_CASE("what is interrupted goes back to where it can be gone on with") {
  SlipDesk desk;
  SECTION("the body: from its first line, and a piece hangs there") {
    bring_to(desk, SlipPhase::printing);
    CHECK(desk.interrupted() == SlipEnd::none);
    CHECK(desk.phase() == SlipPhase::waiting);
    CHECK(desk.remains());
    desk.remains_cut();
    CHECK_FALSE(desk.remains());
  }
  SECTION("the cut, the body being known: the cut again, and what hangs there is the slip itself") {
    bring_to(desk, SlipPhase::cutting);
    CHECK(desk.interrupted() == SlipEnd::none);
    CHECK(desk.phase() == SlipPhase::uncut);
    CHECK_FALSE(desk.remains());
    desk.begin_anew();  // the roll was changed
    CHECK(desk.phase() == SlipPhase::waiting);
    CHECK(desk.remains());
  }
  SECTION("the cut, nothing being known: in doubt") {
    bring_to(desk, SlipPhase::cutting, false);
    CHECK(desk.interrupted() == SlipEnd::doubtful);
    CHECK(desk.phase() == SlipPhase::none);
    CHECK(desk.remains());
  }
  SECTION("nothing: nothing") {
    CHECK(desk.interrupted() == SlipEnd::none);
    desk.begin_anew();
    CHECK(desk.idle());
  }
}

TEST_CASE("what waits at the mouth is taken in when no slip is under way") {
  SlipDesk desk;
  CHECK_FALSE(desk.retract_wanted());
  desk.want_retracted();
  CHECK(desk.retract_wanted());
  CHECK_FALSE(desk.idle());
  REQUIRE(desk.order({}));
  CHECK_FALSE(desk.retract_wanted());  // the slip comes first
  CHECK(desk.call_off() == SlipEnd::cancelled);
  CHECK(desk.retract_wanted());
  desk.retracted();
  CHECK_FALSE(desk.retract_wanted());
  CHECK(desk.idle());
}

TEST_CASE("a slip called off ends once: at once where it can, else by the printer's thread") {
  SlipDesk desk;
  CHECK(desk.call_off() == SlipEnd::none);
  SECTION("waiting") {
    bring_to(desk, SlipPhase::waiting);
    CHECK(desk.call_off() == SlipEnd::cancelled);
    CHECK_FALSE(desk.begin());
  }
  SECTION("its body on the way") {
    bring_to(desk, SlipPhase::printing);
    CHECK(desk.call_off() == SlipEnd::none);
    CHECK_FALSE(desk.body_sent(true));
    CHECK(desk.interrupted() == SlipEnd::cancelled);
    CHECK(desk.remains());
  }
  SECTION("between body and cut") {
    bring_to(desk, SlipPhase::uncut);
    CHECK(desk.call_off() == SlipEnd::doubtful);
    CHECK_FALSE(desk.cut_begins());
    CHECK(desk.remains());
  }
  SECTION("its cut on the way, and interrupted") {
    bring_to(desk, SlipPhase::cutting);
    CHECK(desk.call_off() == SlipEnd::none);
    CHECK(desk.interrupted() == SlipEnd::doubtful);
  }
  SECTION("its cut on the way, and done") {
    bring_to(desk, SlipPhase::cutting);
    CHECK(desk.call_off() == SlipEnd::none);
    desk.printed();
  }
  CHECK(desk.phase() == SlipPhase::none);
  CHECK(desk.call_off() == SlipEnd::none);
}

TEST_CASE("whoever waits elsewhere hears of an order that came before, too") {
  SlipDesk desk;
  const std::stop_token first = desk.news();
  CHECK_FALSE(first.stop_requested());
  REQUIRE(desk.order(one_line()));
  CHECK(first.stop_requested());
  CHECK_FALSE(desk.news().stop_requested());
  CHECK_FALSE(desk.idle());
  desk.wait(0, 0, {});
}

}  // namespace bianmin::printer
