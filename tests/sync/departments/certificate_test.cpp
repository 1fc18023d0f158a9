// A certificate comes back to whoever holds the slip, through the journal of any terminal, and to nobody
// else.
#include "sync/hub/store/operator_events.hpp"
#include "sync/store/asks.hpp"
#include "tests/sync/departments/lane_scene.hpp"

namespace bianmin::hub {

using test::Lane;
using test::LaneScene;
using test::must;

namespace {

constexpr std::int64_t a_minute_ms = 60'000;

// A case whose department has issued `file` over it.
struct Issued : LaneScene {
  explicit Issued(const Bytes& file) : lane(scene.hub, simulator, "one") {
    saved = take(record);
    turn_until_quiet(lane);
    issue(file, 1'795'000'040'000);
  }
  void issue(const Bytes& file, std::int64_t utc_ms) {
    simulator.tell({{"case_no", saved.case_no},
                    {"state", "issued"},
                    {"utc_ms", utc_ms},
                    {"certificate", to_base64(file)}});
    for (int turn = 0; turn < 300; ++turn) clock().advance(std::max<std::int64_t>(500, lane.lane.turn()));
  }
  // Asked at whichever terminal.
  store::PieceAnswer piece(test::EnrolledTerminalInProcess& at, const std::string& token,
                           std::uint64_t offset) {
    store::Asks asks(*at.journal, at.enrolment, clock());
    const auto id = must(asks.ask_piece(saved.case_no, token, offset, a_minute_ms));
    (void)at.agent->turn();
    auto answer = must(asks.piece(id));
    return answer ? std::move(*answer) : store::PieceAnswer{};
  }
  record::CaseState state(const std::string& token) {
    store::Asks asks(*scene.terminal.journal, scene.terminal.enrolment, clock());
    const auto id = must(asks.ask(saved.case_no, token, a_minute_ms));
    (void)scene.terminal.agent->turn();
    return must(asks.answer(id)).value().state;
  }
  std::vector<OperatorEvent> handed_out() {
    auto events = must(list_events(scene.hub.database()));
    std::erase_if(events, [](const OperatorEvent& event) { return event.kind != "certificate"; });
    return events;
  }

  record::CaseRecord record = test::sample_case();
  Lane lane;
  store::Saved saved;
};

}  // namespace

TEST_CASE("who has the slip is told of a certificate and gets it, at a terminal of either profile") {
  const std::string profile = GENERATE(as<std::string>(), "intl-1", "gm-1");
  const std::size_t size = GENERATE(std::size_t{8}, record::certificate_piece_size,
                                    record::certificate_piece_size + 1, record::certificate_size_max);
  Bytes file = seal::random_bytes(size);
  std::ranges::copy(std::string_view("%PDF-1.7"), file.begin());
  Issued issued(file);
  CHECK(issued.state(issued.record.token).certificate_size == size);
  test::EnrolledTerminalInProcess other(issued.scene.hub, "T-0002", profile);
  Bytes got;
  while (got.size() < size) {
    const auto answer = issued.piece(other, issued.record.token, got.size());
    REQUIRE(answer.kind == store::AnswerKind::answered);
    CHECK(answer.piece.size == size);
    CHECK(answer.piece.digest == other.enrolment.profile->digest(file));
    append(got, answer.piece.bytes);
  }
  CHECK(got == file);
  const auto events = issued.handed_out();
  REQUIRE(events.size() == 1);
  CHECK(events[0].terminal_id == "T-0002");
  CHECK(events[0].count == 1);
  CHECK(json_text(to_json(events[0])).find(issued.saved.case_no) == std::string::npos);
  (void)issued.piece(other, issued.record.token, 0);
  CHECK(issued.handed_out()[0].count == 2);
  const auto beyond = (size / record::certificate_piece_size + 1) * record::certificate_piece_size;
  if (beyond >= record::certificate_size_max) return;
  CHECK(issued.piece(other, issued.record.token, beyond).code == "hub.bad_ask");
}

TEST_CASE("without the slip's token nobody learns whether there is a certificate") {
  const Bytes file = bytes_of("%PDF-1.7 issued");
  Issued issued(file);
  const std::string wrong = record::make_token(Bytes(10, 7));
  CHECK(issued.state(wrong).certificate_size == 0);
  const auto answer = issued.piece(issued.scene.terminal, wrong, 0);
  CHECK(answer.kind == store::AnswerKind::refused);
  CHECK(answer.code == "hub.no_certificate");
  must(issued.scene.hub.database().execute("DELETE FROM certificate"));
  const auto none = issued.piece(issued.scene.terminal, issued.record.token, 0);
  CHECK(none.code == answer.code);
  CHECK(issued.state(issued.record.token).certificate_size == 0);
  CHECK(issued.handed_out().empty());
}

TEST_CASE("a certificate that is not the case's own, or damaged, goes to nobody and leaves no trace of it") {
  Issued issued(bytes_of("%PDF-1.7 issued"));
  auto update = issued.scene.hub.database().prepare("UPDATE certificate SET bytes = ?");
  const custody::Sealer sealer(issued.scene.hub.folder());
  const auto put = [&](std::string_view case_no, ByteView token_digest) {
    const Bytes aad = custody::certificate_aad(case_no, token_digest);
    must(update.bind(ByteView(must(sealer.seal(seal::Purpose::certificate, aad, Bytes{1})))).run());
  };
  const auto own_digest = seal::sha256(view_of(issued.record.token));
  SECTION("another case's") { put("99", own_digest); }
  SECTION("sealed for another slip") { put(issued.saved.case_no, seal::sha256(view_of("token"))); }
  SECTION("sealed for no slip, as hubs did before") { put(issued.saved.case_no, {}); }
  SECTION("damaged") { must(update.bind(ByteView(Bytes(300, 1))).run()); }
  CHECK(issued.piece(issued.scene.terminal, issued.record.token, 0).kind == store::AnswerKind::expired);
  CHECK(issued.handed_out().empty());
}

TEST_CASE("a terminal that is older asks in its form and is answered in it, with a certificate or without") {
  Issued issued(bytes_of("%PDF-1.7 issued"));
  const seal::Profile& profile = *issued.scene.terminal.enrolment.profile;
  for (const auto form : {record::AskForm::first, record::AskForm::second}) {
    const auto key = profile.generate_key();
    const record::AskRequest request{issued.saved.case_no, issued.record.token, key.public_point(), form};
    const Bytes ask = must(profile.seal(issued.scene.terminal.enrolment.hub_seal_key, seal::Purpose::ask, {},
                                        record::encode(request)));
    const auto response = issued.scene.hub.handle({"POST", "/v1/asks", "T-0001", ask});
    REQUIRE(response.status == 200);
    const auto plain = must(profile.open(key, seal::Purpose::answer, profile.digest(ask), response.body));
    CHECK((form == record::AskForm::first ? record::decode_case_state(plain).ok()
                                          : record::decode_second_case_state(plain).ok()));
  }
}

TEST_CASE("a piece that is lost on a broken line comes with the next try") {
  Issued issued(bytes_of("%PDF-1.7 issued"));
  auto& terminal = issued.scene.terminal;
  store::Asks asks(*terminal.journal, terminal.enrolment, issued.clock());
  const auto id = must(asks.ask_piece(issued.saved.case_no, issued.record.token, 0, a_minute_ms));
  terminal.wire.faults = {test::Fault::lost_after, test::Fault::unavailable};
  (void)terminal.agent->turn();
  CHECK_FALSE(must(asks.piece(id)));
  for (int turn = 0; turn < 15; ++turn) {
    issued.clock().advance(2'000);
    (void)terminal.agent->turn();
  }
  const auto answer = must(asks.piece(id));
  REQUIRE(answer);
  CHECK(answer->kind == store::AnswerKind::answered);
  CHECK(text_of(answer->piece.bytes) == "%PDF-1.7 issued");
}

TEST_CASE("an ask gets half of the time until its deadline, within bounds") {
  Issued issued(bytes_of("%PDF-1.7 issued"));
  auto& terminal = issued.scene.terminal;
  store::Asks asks(*terminal.journal, terminal.enrolment, issued.clock());
  for (const auto& [deadline_ms, timeout_ms] : std::vector<std::pair<std::int64_t, long>>{
           {2'000, agent::ask_timeout_ms}, {20'000, 10'000}, {600'000, agent::patient_ask_timeout_ms}}) {
    (void)must(asks.ask_piece(issued.saved.case_no, issued.record.token, 0, deadline_ms));
    terminal.agent->while_waiting();
    CHECK(terminal.wire.last_timeout_ms == timeout_ms);
  }
}

}  // namespace bianmin::hub
