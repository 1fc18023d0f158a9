// Agent and hub with every fault of the wire between them: each record arrives exactly once.
#include "sync/agent/agent.hpp"

#include "sync/store/asks.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin {

using store::RecordState;
using test::Fault;
using test::must;

namespace {

void check_exactly_once(test::HubInProcess& hub, std::int64_t records) {
  const auto report = hub.report();
  CHECK(report.records == records);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.quarantined == 0);
  CHECK(report.refused == 0);
}

}  // namespace

TEST_CASE("a case goes from saved to sent to accepted") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const auto saved = terminal.save();
  CHECK(terminal.state_of(saved.case_no) == RecordState::saved);
  CHECK_FALSE(terminal.agent->turn());
  CHECK(terminal.state_of(saved.case_no) == RecordState::sent);
  hub.clock.advance(agent::states_first_ms);
  CHECK_FALSE(terminal.agent->turn());
  CHECK(terminal.state_of(saved.case_no) == RecordState::accepted);
  CHECK(must(terminal.journal->find_case(saved.case_no))->acceptance_no == "A0000000001");
  CHECK(must(terminal.journal->link()).online);
  CHECK(terminal.changed_count > 0);
  check_exactly_once(hub, 1);
  terminal.check_clean();
}

TEST_CASE("each fault of the wire, at each of the first requests: exactly once") {
  for (const Fault fault : {Fault::lost_before, Fault::lost_after, Fault::twice, Fault::stale,
                            Fault::unavailable, Fault::garbage, Fault::forged, Fault::truncated}) {
    for (std::size_t at = 0; at < 5; ++at) {
      INFO("fault " << static_cast<int>(fault) << " at request " << at);
      test::HubInProcess hub;
      test::EnrolledTerminalInProcess terminal(hub);
      const auto first = terminal.save();
      terminal.save(test::sample_rating(first.case_no));
      terminal.save();
      terminal.wire.faults.assign(at, Fault::none);
      terminal.wire.faults.push_back(fault);
      terminal.turn_until_quiet();
      check_exactly_once(hub, 3);
      CHECK(terminal.state_of(first.case_no) == RecordState::accepted);
      terminal.check_clean();
    }
  }
}

TEST_CASE("a large document whose upload breaks off goes on with the part that is missing") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const auto saved = terminal.save();
  const Bytes file = seal::random_bytes(700'000);
  terminal.save(test::sample_document(saved.case_no, file));
  std::size_t uploads = 0;
  terminal.wire.in_the_middle = [&](const std::string& path) {
    if (path.find("records") != std::string::npos && ++uploads == 4) terminal.wire.cut = true;
  };
  CHECK_FALSE(terminal.agent->turn());
  CHECK(test::code_of(hub::find_document(hub.database(), hub.custody(), {"document", "test"},
                                         saved.case_no)) == "hub.document_unfinished");
  CHECK(hub.report().documents == 2);
  terminal.restart_agent();
  hub.restart();
  terminal.wire.cut = false;
  terminal.turn_until_quiet();
  CHECK(must(hub::find_document(hub.database(), hub.custody(), {"document", "test"}, saved.case_no)).bytes ==
        file);
  CHECK(uploads == 4 + 2);  // the fourth one twice
  check_exactly_once(hub, 5);
  terminal.check_clean();
}

TEST_CASE("a hub that dies after its commit files the case when it is back, and receipts it once") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const auto saved = terminal.save();
  terminal.wire.faults = {Fault::lost_after};
  CHECK_FALSE(terminal.agent->turn());
  must(hub.database().execute(  // it died between the ingest and the filing
      "UPDATE record SET filed = 0; DELETE FROM department_entry; "
      "UPDATE case_file SET accepted_utc_ms = 0, acceptance_no = ''"));
  hub.restart();
  CHECK(hub.report().accepted == 1);
  terminal.restart_agent();
  terminal.turn_until_quiet();
  CHECK(terminal.state_of(saved.case_no) == RecordState::accepted);
  check_exactly_once(hub, 1);
}

TEST_CASE("a hub that dies between the department's entry and its own note does not file twice") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const auto saved = terminal.save();
  terminal.turn_until_quiet();
  must(hub.database().execute("UPDATE record SET filed = 0"));
  hub.restart();
  CHECK(must(hub.database().prepare("SELECT count(*) FROM department_entry").number()) == 1);
  check_exactly_once(hub, 1);
  CHECK(terminal.state_of(saved.case_no) == RecordState::accepted);
}

TEST_CASE("nothing is lost while the hub is away, and everything arrives in order when it is back") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.wire.cut = true;
  for (int count = 0; count < 120; ++count) {
    terminal.save();
    (void)terminal.agent->turn();
    hub.clock.advance(1000);
  }
  CHECK(must(terminal.journal->link()).online == false);
  CHECK(must(terminal.journal->link()).code == "agent.hub_unreachable");
  CHECK(terminal.wire.request_count < 20);  // it backs off
  CHECK(must(terminal.journal->backlog()).waiting == 120);
  terminal.wire.cut = false;
  terminal.turn_until_quiet();
  check_exactly_once(hub, 120);
  auto order = hub.database().prepare(
      "SELECT count(*) FROM department_entry e JOIN known_record k ON k.record_id = e.record_id WHERE "
      "e.entry_no "
      "<> k.seq");
  CHECK(must(order.number()) == 0);
  terminal.check_clean();
}

TEST_CASE("one record the hub will not take is set aside and does not hold up the next") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.save();
  const auto damaged = terminal.save();
  terminal.save();
  must(terminal.journal->database().execute("UPDATE record SET payload = x'00' WHERE seq = 2"));
  terminal.turn_until_quiet();
  CHECK(terminal.state_of(damaged.case_no) == RecordState::refused);
  CHECK(must(terminal.journal->find_case(damaged.case_no))->code == "hub.bad_payload");
  CHECK(hub.report().records == 2);
  CHECK(hub.report().gaps == 1);  // and it stays visible
}

TEST_CASE("cases that the department does not take up do not hide the ones behind them") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  constexpr std::string_view closed_file =
      "CREATE TRIGGER stuck BEFORE INSERT ON department_entry WHEN (SELECT seq FROM record WHERE record_id = "
      "NEW.record_id) <= 110 BEGIN SELECT RAISE(ABORT, 'the department is closed'); END";
  constexpr std::string_view closed_server =
      "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF (SELECT seq FROM record WHERE "
      "record_id = NEW.record_id) <= 110 THEN RAISE EXCEPTION ''the department is closed''; END IF; RETURN "
      "NEW; "
      "END'; CREATE TRIGGER stuck BEFORE INSERT ON department_entry FOR EACH ROW EXECUTE FUNCTION stuck()";
  must(hub.database().execute(test::on_postgresql() ? closed_server : closed_file));
  for (int count = 0; count < 115; ++count) terminal.save();
  for (int turn = 0; turn < 20; ++turn) {
    (void)terminal.agent->turn();
    hub.clock.advance(agent::states_most_ms);
  }
  CHECK(hub.report().records == 115);
  CHECK(hub.report().accepted == 5);
  CHECK(must(terminal.outbox->unaccepted_cases(200)).size() == 110);
  must(hub.database().execute(test::on_postgresql()
                                  ? "DROP TRIGGER stuck ON department_entry; DROP FUNCTION stuck"
                                  : "DROP TRIGGER stuck"));
  hub.restart();
  terminal.turn_until_quiet();
  check_exactly_once(hub, 115);
  CHECK(hub.report().accepted == 115);
}

TEST_CASE("while custody is away the register gets nothing, and all of it at once when it is back") {
  struct AwayOpener : custody::RecordOpener {
    explicit AwayOpener(custody::RecordOpener& to) : keeper(to) {}
    Result<record::CaseRecord> open_record(const record::RecordId& id, ByteView sealed,
                                           const custody::Reason& reason) override {
      if (away) return Error{Remedy::retry_later, "custody.away", {}};
      return keeper.open_record(id, sealed, reason);
    }
    Result<SecretBytes> open_certificate(ByteView aad, ByteView sealed,
                                         const custody::Reason& reason) override {
      return keeper.open_certificate(aad, sealed, reason);
    }
    Result<seal::NumberedKey> newest_key(const seal::Profile& profile) override {
      return keeper.newest_key(profile);
    }
    custody::RecordOpener& keeper;
    bool away = true;
  };
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  for (int count = 0; count < 3; ++count) terminal.save();
  terminal.turn_until_quiet();
  must(hub.database().execute("UPDATE record SET filed = 0; DELETE FROM department_entry"));
  const custody::Sealer sealer(hub.folder());
  hub::EmbeddedRegister department(hub.database(), sealer, hub.clock);
  AwayOpener opener(hub.custody());
  hub::Filing filing(hub.database(), opener, department);
  CHECK(test::code_of(filing.file_new()) == "custody.away");
  CHECK(must(hub.database().prepare("SELECT count(*) FROM department_entry").number()) == 0);
  opener.away = false;
  CHECK(must(filing.file_new()) == 3);  // none of them was put off
  CHECK(must(hub.database().prepare("SELECT count(*) FROM department_entry").number()) == 3);
}

TEST_CASE("a terminal that is not admitted keeps everything and sets nothing aside") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.save();
  must(hub.database().execute("UPDATE enrolment SET state = 'denied'"));
  for (int turn = 0; turn < 5; ++turn) {
    (void)terminal.agent->turn();
    hub.clock.advance(http::backoff_most_ms);
  }
  CHECK(must(terminal.journal->backlog()).waiting == 1);
  CHECK(must(terminal.journal->backlog()).refused == 0);
  CHECK(must(terminal.journal->link()).code == "agent.hub_refuses");
  must(hub.database().execute("UPDATE enrolment SET state = 'active'"));
  terminal.turn_until_quiet();
  check_exactly_once(hub, 1);
}

TEST_CASE("a full journal disk at the terminal delays the receipt but doubles nothing") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.save();
  {
    const auto other =
        must(store::Journal::open(terminal.path() / "journal.db", terminal.enrolment.identity));
    const auto holding = must(database::Transaction::begin(other->database()));
    must(terminal.journal->database().execute("PRAGMA busy_timeout = 1"));
    CHECK_FALSE(terminal.agent->turn());
    CHECK(hub.report().records == 1);
    CHECK(must(terminal.journal->backlog()).waiting == 1);
  }
  terminal.turn_until_quiet();
  check_exactly_once(hub, 1);
}

TEST_CASE("an ask is answered in one turn, also while the agent backs off") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  auto record = test::sample_case();
  const auto saved = terminal.save(record);
  terminal.turn_until_quiet();
  store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
  terminal.wire.cut = true;
  terminal.save();
  for (int turn = 0; turn < 10; ++turn) {
    (void)terminal.agent->turn();
    hub.clock.advance(http::backoff_most_ms);
  }
  (void)terminal.agent->turn();
  const auto expired = must(asks.ask(saved.case_no, record.token, 1000));
  (void)terminal.agent->turn();
  hub.clock.advance(1000);
  CHECK(must(asks.answer(expired))->kind == store::AnswerKind::expired);
  terminal.wire.cut = false;
  const auto id = must(asks.ask(saved.case_no, record.token, 1000));
  (void)terminal.agent->turn();
  const auto answer = must(asks.answer(id));
  REQUIRE(answer);
  CHECK(answer->kind == store::AnswerKind::answered);
  CHECK(answer->state.stage == record::CaseStage::accepted);
  CHECK(answer->state.case_no == saved.case_no);
  CHECK(answer->state.acceptance_no == "A0000000001");
}

TEST_CASE("a wrong token and an unknown case get the same answer; another terminal may ask with the slip") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  test::EnrolledTerminalInProcess elsewhere(hub, "T-0002");
  auto record = test::sample_case();
  const auto saved = terminal.save(record);
  terminal.turn_until_quiet();
  store::Asks asks(*elsewhere.journal, elsewhere.enrolment, hub.clock);
  const auto stage = [&](const std::string& case_no, const std::string& token) {
    const auto id = must(asks.ask(case_no, token, 1000));
    (void)elsewhere.agent->turn();
    return must(asks.answer(id))->state.stage;
  };
  CHECK(stage(saved.case_no, record.token) == record::CaseStage::accepted);
  CHECK(stage(saved.case_no, "0123456789ABCDEF") == record::CaseStage::unknown);
  CHECK(stage("00000000000000", record.token) == record::CaseStage::unknown);
}

TEST_CASE("a nudge ends a long back-off but not a fresh one") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  terminal.save();
  terminal.wire.cut = true;
  for (int turn = 0; turn < 12; ++turn) {
    (void)terminal.agent->turn();
    hub.clock.advance(http::backoff_most_ms);
  }
  (void)terminal.agent->turn();
  terminal.wire.cut = false;
  const int before = terminal.wire.request_count;
  terminal.agent->nudge();
  (void)terminal.agent->turn();
  CHECK(terminal.wire.request_count == before);
  hub.clock.advance(http::nudge_least_ms);
  (void)terminal.agent->turn();
  CHECK(terminal.wire.request_count > before);
  check_exactly_once(hub, 1);
}

TEST_CASE("back-off doubles up to its limit and is spread") {
  std::uint32_t number = 0;
  http::Backoff low([&] { return number; });
  CHECK(low.next_ms() == 500);
  CHECK(low.next_ms() == 1000);
  number = UINT32_MAX;
  for (int step = 0; step < 30; ++step) {
    const auto wait_ms = low.next_ms();
    CHECK(wait_ms <= http::backoff_most_ms);
  }
  CHECK(low.next_ms() >= http::backoff_most_ms / 2);
  low.reset();
  CHECK(low.next_ms() <= http::backoff_first_ms);
}

TEST_CASE("only a plain code is taken from a refusal") {
  CHECK(agent::code_in(view_of("{\"code\":\"hub.fork\"}")) == "hub.fork");
  for (const char* text :
       {"", "{}", "{\"code\":7}", "{\"code\":\"<b>\"}", "[1]", "{\"code\":\"\"}", "nonsense"}) {
    CHECK(agent::code_in(view_of(text)) == "agent.bad_reply");
  }
  CHECK(agent::code_in(view_of("{\"code\":\"" + std::string(100, 'a') + "\"}")) == "agent.bad_reply");
}

}  // namespace bianmin
