// What a person is told of the slip, and what the printer's troubles leave as it was.
#include "terminal/session/slip_recovery.hpp"
#include "tests/session/kiosk_bench.hpp"

namespace bianmin {

namespace {

struct Trouble {
  DeviceState state;
  const char* words;  // of the sentence on the screen
};
const Trouble troubles[] = {{{DeviceCondition::needs_attention, "printer.paper_out"}, "没纸了"},
                            {{DeviceCondition::needs_attention, "printer.cover_open"}, "盖子开着"},
                            {{DeviceCondition::needs_attention, "printer.offline"}, "停住了"},
                            {{DeviceCondition::faulted, "printer.cutter"}, "卡住了"},
                            {{DeviceCondition::faulted, "printer.jam"}, "卡纸了"},
                            {{DeviceCondition::faulted, "printer.overheat"}, "太热了"},
                            {{DeviceCondition::absent, "absent"}, "凭条机"}};

void save_record(KioskBench& bench) {
  bench.start();
  bench.fill_in();
  bench.touch("submit");
  REQUIRE(bench.page() == "saved");
}

std::vector<store::PrintJob> unfinished(KioskBench& bench) { return bench.ledger.unfinished().value(); }

}  // namespace

TEST_CASE("each trouble of the printer is told, and the slip goes on by itself when it is mended") {
  for (const Trouble& trouble : troubles) {
    INFO(trouble.state.code);
    KioskBench bench;
    save_record(bench);
    CHECK(bench.shows("正在打"));
    bench.printer.become(trouble.state);
    bench.turn();
    INFO(bench.screen.semantic_dump());
    CHECK(bench.shows(trouble.words));
    CHECK_FALSE(bench.shows("打好了"));
    CHECK(bench.page() == "saved");
    CHECK(bench.printer.documents.size() == 1);
    bench.printer.become(fake_ready);
    bench.turn();
    CHECK(bench.shows("正在打"));
    bench.printer.answer(printer::PrintOutcome::printed);
    CHECK(bench.shows("打好了"));
    CHECK(bench.printer.documents.size() == 1);  // nobody asked for a second one
    CHECK(unfinished(bench).empty());
  }
}

TEST_CASE("trouble of the printer leaves the person at the step they are at") {
  for (const Trouble& trouble : troubles) {
    INFO(trouble.state.code);
    KioskBench bench;
    save_record(bench);
    bench.touch("rate");
    REQUIRE(bench.page() == "rating");
    bench.printer.become(trouble.state);
    bench.turn();
    CHECK(bench.page() == "rating");
    bench.printer.become(fake_ready);
    bench.printer.answer(printer::PrintOutcome::printed);
    bench.turn();
    CHECK(bench.page() == "rating");
    CHECK(bench.overs == 0);
  }
}

TEST_CASE("a duplicate is printed once, however quickly it is touched, and only when there is a reason") {
  KioskBench bench;
  save_record(bench);
  bench.printer.answer(printer::PrintOutcome::doubtful);
  REQUIRE(bench.shows("才算整张"));  // how a person sees whether it is whole
  REQUIRE(bench.screen.activate("reprint"));
  (void)bench.screen.activate("reprint");
  bench.turn();
  CHECK(bench.printer.documents.size() == 2);
  CHECK(bench.shows("正在打"));
  bench.printer.become({DeviceCondition::needs_attention, "printer.paper_out"});
  bench.turn();
  CHECK(bench.shows("没纸了"));
  bench.printer.become(fake_ready);
  bench.printer.answer(printer::PrintOutcome::printed);
  CHECK(bench.shows("打好了"));
  CHECK_FALSE(bench.screen.activate("reprint"));
}

TEST_CASE("a duplicate in doubt is told, too, and the next one has a number of its own") {
  KioskBench bench;
  save_record(bench);
  for (int copies = 1; copies <= 3; ++copies) {
    REQUIRE(bench.printer.documents.size() == static_cast<std::size_t>(copies));
    bench.printer.answer(printer::PrintOutcome::doubtful);
    CHECK(bench.shows("可能没打完"));
    CHECK(unfinished(bench).size() == static_cast<std::size_t>(copies));
    bench.touch("reprint");
  }
  bench.printer.answer(printer::PrintOutcome::printed);
  bench.turn();
  CHECK(bench.shows("打好了"));
}

TEST_CASE("a person who leaves before the slip is out leaves a piece that is to be cut off") {
  KioskBench bench;
  save_record(bench);
  bench.touch("finish");
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.printer.printing());
  CHECK(bench.ledger.paper_hangs().value());  // the next process has it cut off
}

TEST_CASE("what the last process left hanging is cut off, once, and not where nothing hangs") {
  KioskBench bench;
  SECTION("nothing") {
    bench.start();
    CHECK_FALSE(bench.printer.asked_to_cut());
  }
  SECTION("the power went in the middle") {
    REQUIRE(bench.ledger.intend("00000420000015-1", "00000420000015", {}).ok());
    REQUIRE(bench.ledger.advance("00000420000015-1", store::PrintState::sending).ok());
    bench.start();
    REQUIRE(bench.printer.asked_to_cut());
    CHECK(bench.ledger.paper_hangs().value());
    bench.printer.remains_are_cut();
    CHECK_FALSE(bench.ledger.paper_hangs().value());
  }
}

TEST_CASE("a doubt whose duplicate was printed is not told to the next person") {
  KioskBench bench;
  for (const char* id : {"00000420000015-1", "00000420000015-2"}) {
    REQUIRE(bench.ledger.intend(id, "00000420000015", {}).ok());
    REQUIRE(bench.ledger.advance(id, store::PrintState::sending).ok());
    bench.clock.advance(1'000);
    const bool first = std::string_view(id).ends_with("-1");
    REQUIRE(bench.ledger.advance(id, first ? store::PrintState::doubtful : store::PrintState::printed).ok());
  }
  bench.start();
  CHECK_FALSE(bench.shows("可能没打完"));
  CHECK_FALSE(bench.printer.asked_to_cut());
}

}  // namespace bianmin
