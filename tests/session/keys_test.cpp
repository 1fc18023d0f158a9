// Everything is done with the five keys of a pad, and with two switches: nobody touches the screen.
#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;
using pad::PadKey;

namespace {

constexpr int presses_max = 80;  // once round the fullest page is less

struct KeyBench : KioskBench {
  int presses = 0;

  void press(PadKey key) {
    ++presses;
    pad.press(key);
    turn();
  }
  std::string focused() const {
    std::string id;
    ui::walk(*screen.page(), [&](const ui::Node& node) {
      if (node.state.focused) id = node.id;
    });
    return id;
  }
  // Goes to it by this key and confirms.
  void choose(const std::string& id, PadKey way = PadKey::next) {
    INFO("looking for " << id << " on\n" << screen.semantic_dump());
    for (int i = 0; i < presses_max && focused() != id; ++i) press(way);
    REQUIRE(focused() == id);
    press(PadKey::confirm);
  }
  std::vector<std::string> actionable() const {
    std::vector<std::string> ids;
    ui::walk(*screen.page(), [&](const ui::Node& node) {
      if (node.actionable()) ids.push_back(node.id);
    });
    return ids;
  }
  // One key alone comes to all that can be done on this page, in the order of reading, and begins again.
  void check_round() {
    INFO("on\n" << screen.semantic_dump());
    const std::vector<std::string> all = actionable();
    REQUIRE_FALSE(all.empty());
    for (int i = 0; i < presses_max && focused() != all.back(); ++i) press(PadKey::next);
    std::vector<std::string> reached;
    for (std::size_t i = 0; i < all.size(); ++i) {
      press(PadKey::next);
      reached.push_back(focused());
    }
    CHECK(reached == all);
    press(PadKey::next);
    CHECK(focused() == all.front());
    press(PadKey::previous);
    CHECK(focused() == all.back());
  }
};

}  // namespace

TEST_CASE("two switches are enough from the welcome page to the rating") {
  KeyBench bench;
  bench.start();
  const auto here = [&](const std::string& page) {
    REQUIRE(bench.page() == page);
    bench.check_round();
  };
  here("welcome");
  bench.choose("choice.0");
  here("card");
  bench.reader.answer(specimen_card());
  bench.turn();
  here("question.2");
  bench.choose("next");
  bench.check_round();
  bench.choose("choice.0");
  bench.check_round();
  for (const char digit : std::string("13800138000")) bench.choose(std::string("key.") + digit);
  bench.choose("next");
  here("review");
  bench.choose("submit");
  here("saved");
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.choose("rate");
  here("rating");
  bench.choose("level.1");
  CHECK(bench.page() == "blank");
  CHECK(bench.overs == 1);
  CHECK(bench.journal->backlog().value().waiting == 2);  // the case and its rating
}

TEST_CASE("two switches print the sheet and come back from it") {
  KeyBench bench;
  bench.has_page_printer = true;
  bench.start();
  bench.fill_in();
  bench.choose("submit");
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.check_round();
  bench.choose("sheet");
  REQUIRE(bench.page() == "sheet");
  bench.check_round();
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  bench.page_printer.answer(printer::PrintOutcome::doubtful);
  bench.turn();
  bench.check_round();
  bench.choose("again");
  REQUIRE(bench.until([&] { return bench.page_printer.printing(); }));
  bench.page_printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  bench.press(PadKey::back);
  REQUIRE(bench.page() == "saved");
  bench.choose("rate");
  CHECK(bench.page() == "rating");
}

TEST_CASE("the five keys: backwards, back and help from anywhere") {
  KeyBench bench;
  bench.start();
  bench.press(PadKey::help);
  REQUIRE(bench.page() == "help");
  bench.press(PadKey::back);
  REQUIRE(bench.page() == "welcome");
  bench.choose("choice.0", PadKey::previous);
  bench.reader.answer(specimen_card());
  bench.turn();
  REQUIRE(bench.page() == "question.2");
  bench.choose("next", PadKey::previous);
  bench.press(PadKey::back);
  REQUIRE(bench.page() == "question.2");
  bench.choose("next", PadKey::previous);
  bench.choose("choice.0", PadKey::previous);
  bench.choose("skip", PadKey::previous);
  REQUIRE(bench.page() == "review");
  bench.press(PadKey::help);
  REQUIRE(bench.page() == "help");
  bench.choose("close", PadKey::previous);
  REQUIRE(bench.page() == "review");
  bench.choose("submit", PadKey::previous);
  REQUIRE(bench.page() == "saved");
  bench.press(PadKey::back);  // there is no way back any more
  REQUIRE(bench.page() == "saved");
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.choose("finish", PadKey::previous);
  CHECK(bench.overs == 1);
  CHECK(bench.journal->backlog().value().waiting == 1);
}

TEST_CASE("a key is activity, and answers the question whether anybody is there") {
  KeyBench bench;
  bench.start();
  bench.choose("choice.0");
  bench.pass(100'000);
  bench.press(PadKey::next);
  bench.pass(100'000);
  CHECK(bench.page() == "card");
  bench.pass(25'000);
  REQUIRE(bench.page() == "idle");
  bench.choose("stay");
  CHECK(bench.page() == "card");
}

TEST_CASE("looking a case up with two switches") {
  KeyBench bench;
  bench.start();
  bench.choose("choice.1");
  REQUIRE(bench.page() == "scan");
  bench.check_round();
  bench.choose("helper.back");
  CHECK(bench.overs == 1);
}

TEST_CASE("the keys are let go with the session, and staff see a pad that is missing") {
  KeyBench bench;
  bench.start();
  CHECK(bench.pad.listened());
  bench.press(PadKey::help);
  CHECK_FALSE(bench.shows("按键盘"));
  bench.pad.become({DeviceCondition::faulted, "pad.not_a_pad"});
  CHECK(bench.shows("按键盘 (pad.not_a_pad)"));
  CHECK(bench.shows("屏幕照样能用"));
  bench.pad.become(fake_ready);
  CHECK_FALSE(bench.shows("按键盘"));
  bench.session.reset();
  CHECK_FALSE(bench.pad.listened());
}
