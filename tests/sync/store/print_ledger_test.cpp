#include "sync/store/print_ledger.hpp"

#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

struct Printing : test::Terminal {
  std::unique_ptr<Journal> journal = open();
  FakeClock clock;
  PrintLedger ledger{*journal, clock};
  record::Digest digest{1, 2, 3};
  PrintState state_of(const std::string& id) { return must(ledger.find(id))->state; }
};

constexpr PrintState all_states[] = {PrintState::intended, PrintState::sending, PrintState::printed,
                                     PrintState::doubtful, PrintState::failed,  PrintState::cancelled};

}  // namespace

TEST_CASE("a print is intended once, whatever happened since") {
  Printing p;
  CHECK(must(p.ledger.intend("job-1", "00000420000178", p.digest)) == PrintState::intended);
  must(p.ledger.advance("job-1", PrintState::sending));
  must(p.ledger.advance("job-1", PrintState::printed));
  CHECK(must(p.ledger.intend("job-1", "00000420000178", p.digest)) == PrintState::printed);
  CHECK(test::code_of(p.ledger.intend("job-1", "00000420000178", {9})) == "print.other_document");
  CHECK(must(p.ledger.unfinished()).empty());
  CHECK_FALSE(must(p.ledger.find("job-2")));
}

TEST_CASE("only the arrows of the diagram exist") {
  using enum PrintState;
  const std::vector<std::pair<PrintState, PrintState>> arrows = {
      {intended, sending}, {intended, cancelled}, {sending, printed},    {sending, doubtful},
      {sending, failed},   {doubtful, printed},   {doubtful, cancelled}, {doubtful, sending},
      {failed, sending},   {failed, cancelled}};
  Printing p;
  int job = 0;
  for (const PrintState from : all_states) {
    for (const PrintState to : all_states) {
      const std::string id = std::to_string(++job);
      must(p.ledger.intend(id, "1", p.digest));
      auto put = p.journal->database().prepare("UPDATE print_job SET state = ? WHERE id = ?");
      must(put.bind(print_state_name(from)).bind(std::string_view(id)).run());
      const bool exists = std::ranges::find(arrows, std::pair(from, to)) != arrows.end();
      INFO(print_state_name(from) << " to " << print_state_name(to));
      CHECK(test::code_of(p.ledger.advance(id, to)) == (exists ? "ok" : "print.bad_step"));
      CHECK(p.state_of(id) == (exists ? to : from));
    }
  }
  CHECK(test::code_of(p.ledger.advance("none", sending)) == "print.bad_step");
}

TEST_CASE("what was being sent when the process died is in doubt after the restart") {
  const test::Terminal terminal;
  const FakeClock clock;
  const record::Digest digest{7};
  {
    const auto journal = terminal.open();
    PrintLedger ledger(*journal, clock);
    for (const char* id : {"a", "b", "c"}) must(ledger.intend(id, "1", digest));
    must(ledger.advance("b", PrintState::sending));
    must(ledger.advance("c", PrintState::sending));
    must(ledger.advance("c", PrintState::printed));
  }
  const auto journal = terminal.open();
  PrintLedger ledger(*journal, clock);
  const auto jobs = must(ledger.recover());
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].id == "a");
  CHECK(jobs[0].state == PrintState::intended);
  CHECK(jobs[1].id == "b");
  CHECK(jobs[1].state == PrintState::doubtful);
  CHECK(jobs[1].document_digest == digest);
  CHECK(must(ledger.recover()).size() == 2);  // looking again changes nothing
}

TEST_CASE("a doubt is settled for the start page when a later copy was printed, and stays in the ledger") {
  Printing p;
  for (const char* id : {"1-1", "1-2", "2-1"}) {
    must(p.ledger.intend(id, std::string(1, id[0]), p.digest));
    must(p.ledger.advance(id, PrintState::sending));
  }
  must(p.ledger.advance("1-1", PrintState::doubtful));
  must(p.ledger.advance("2-1", PrintState::doubtful));
  CHECK(must(p.ledger.unfinished()).size() == 3);
  p.clock.advance(10);
  must(p.ledger.advance("1-2", PrintState::printed));
  const auto unfinished = must(p.ledger.unfinished());
  REQUIRE(unfinished.size() == 1);
  CHECK(unfinished[0].id == "2-1");
  CHECK(p.state_of("1-1") == PrintState::doubtful);
}

TEST_CASE("what hangs in the printer outlives the process") {
  const test::Terminal terminal;
  const FakeClock clock;
  {
    const auto journal = terminal.open();
    PrintLedger ledger(*journal, clock);
    CHECK_FALSE(must(ledger.paper_hangs()));
    must(ledger.intend("a", "1", {}));
    CHECK_FALSE(must(ledger.paper_hangs()));
    must(ledger.advance("a", PrintState::sending));
    CHECK(must(ledger.paper_hangs()));
    must(ledger.advance("a", PrintState::failed));
  }
  const auto journal = terminal.open();
  PrintLedger ledger(*journal, clock);
  must(ledger.recover());
  CHECK(must(ledger.paper_hangs()));
  SECTION("until it is cut off") { must(ledger.paper_cut_off()); }
  SECTION("until the next slip is printed") {
    must(ledger.advance("a", PrintState::sending));
    must(ledger.advance("a", PrintState::printed));
  }
  CHECK_FALSE(must(ledger.paper_hangs()));
}

TEST_CASE("a sheet is a job of its own: it hangs in no receipt printer, and its copies settle no slip") {
  Printing p;
  must(p.ledger.intend("1-1", "1", p.digest));
  must(p.ledger.intend("1-sheet-1", "1", p.digest, PrintPaper::sheet));
  must(p.ledger.advance("1-sheet-1", PrintState::sending));
  CHECK_FALSE(must(p.ledger.paper_hangs()));
  must(p.ledger.advance("1-1", PrintState::sending));
  must(p.ledger.advance("1-1", PrintState::doubtful));
  p.clock.advance(10);
  must(p.ledger.advance("1-sheet-1", PrintState::printed));
  CHECK(must(p.ledger.paper_hangs()));  // the slip's piece does
  const auto unfinished = must(p.ledger.unfinished());
  REQUIRE(unfinished.size() == 1);
  CHECK(unfinished[0].id == "1-1");
  CHECK(unfinished[0].paper == PrintPaper::slip);
  CHECK(must(p.ledger.find("1-sheet-1"))->paper == PrintPaper::sheet);
  must(p.ledger.note_untaken(Untaken::kept));  // the slip's, though the sheet is newer
  CHECK(must(p.ledger.find("1-1"))->untaken == Untaken::kept);
}

TEST_CASE("a sheet that was being sent when the process died is in doubt after the restart") {
  const test::Terminal terminal;
  const FakeClock clock;
  {
    const auto journal = terminal.open();
    PrintLedger ledger(*journal, clock);
    must(ledger.intend("1-sheet-1", "1", {}, PrintPaper::sheet));
    must(ledger.advance("1-sheet-1", PrintState::sending));
  }
  const auto journal = terminal.open();
  PrintLedger ledger(*journal, clock);
  const auto jobs = must(ledger.recover());
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].state == PrintState::doubtful);
  CHECK(jobs[0].paper == PrintPaper::sheet);
  CHECK_FALSE(must(ledger.paper_hangs()));
}

TEST_CASE("a slip that nobody took is noted, and it is the newest that may have come out") {
  Printing p;
  must(p.ledger.note_untaken(Untaken::kept));  // of nothing
  for (const char* id : {"1-1", "2-1", "3-1"}) {
    must(p.ledger.intend(id, "1", p.digest));
    p.clock.advance(10);
  }
  const auto untaken = [&](const char* id) { return must(p.ledger.find(id))->untaken; };
  must(p.ledger.advance("1-1", PrintState::sending));
  must(p.ledger.advance("1-1", PrintState::printed));
  p.clock.advance(10);
  must(p.ledger.advance("2-1", PrintState::sending));
  must(p.ledger.advance("2-1", PrintState::doubtful));
  must(p.ledger.note_untaken(Untaken::retracted));
  CHECK(untaken("1-1") == Untaken::no);
  CHECK(untaken("2-1") == Untaken::retracted);
  CHECK(untaken("3-1") == Untaken::no);
  CHECK(p.state_of("2-1") == PrintState::doubtful);
  must(p.ledger.note_untaken(Untaken::kept));
  CHECK(untaken("2-1") == Untaken::kept);
  CHECK(must(read_print_ledger(p.journal_path, 1)).jobs[0].untaken == Untaken::kept);
}

TEST_CASE("a ledger file is read without its terminal") {
  Printing p;
  for (const char* id : {"1-1", "2-1", "3-1"}) {
    must(p.ledger.intend(id, "1", p.digest));
    p.clock.advance(10);
  }
  must(p.ledger.advance("1-1", PrintState::sending));
  const auto report = must(read_print_ledger(p.journal_path, 2));
  REQUIRE(report.jobs.size() == 2);
  CHECK(report.jobs[0].id == "1-1");  // changed last
  CHECK(report.jobs[1].id == "3-1");
  CHECK(report.counts[static_cast<std::size_t>(PrintState::intended)] == 2);
  CHECK(report.counts[static_cast<std::size_t>(PrintState::sending)] == 1);
  CHECK(report.paper_hangs);
  CHECK_FALSE(read_print_ledger(p.folder / "none.db", 2).ok());
}

}  // namespace bianmin::store
