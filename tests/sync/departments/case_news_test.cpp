// What departments tell of cases reaches those who ask.
#include "sync/hub/filing/case_news.hpp"

#include "sync/hub/filing/bad_news.hpp"
#include "sync/store/asks.hpp"
#include "tests/sync/departments/lane_scene.hpp"

namespace bianmin::hub {

using test::Lane;
using test::LaneScene;
using test::must;

namespace {

constexpr const char* pdf = "JVBERi0xLjc=";  // "%PDF-1.7"

Json told(const std::string& case_no, const char* state, std::int64_t utc_ms) {
  return {{"case_no", case_no}, {"state", state}, {"utc_ms", utc_ms}};
}

Json described(LaneScene& scene, const std::string& case_no) {
  return must(describe_case(scene.scene.hub.database(), case_no));
}

// So long that every lane has asked.
void let_ask(LaneScene& scene, Lane& lane) {
  for (int turn = 0; turn < 300; ++turn) scene.clock().advance(std::max<std::int64_t>(500, lane.lane.turn()));
}

}  // namespace

TEST_CASE("states come page by page, the later one counts, and a certificate lies at the hub") {
  LaneScene scene;
  const auto first = scene.take();
  const auto second = scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  scene.simulator.tell(told(first.case_no, "checking", 1'795'000'010'000));
  scene.simulator.tell(told(second.case_no, "checking", 1'795'000'010'000));
  scene.simulator.tell(told(first.case_no, "done", 1'795'000'030'000));
  scene.simulator.tell(told(first.case_no, "decided", 1'795'000'020'000));  // late
  auto with_file = told(second.case_no, "done", 1'795'000'040'000);
  with_file["certificate"] = pdf;
  scene.simulator.tell(with_file);
  CHECK(test::code_of(find_certificate(scene.scene.hub.database(), scene.scene.hub.custody(),
                                       {"certificate", "test"}, second.case_no)) == "hub.no_certificate");
  let_ask(scene, lane);
  CHECK(described(scene, first.case_no)["department_state"] == "done");
  CHECK(described(scene, first.case_no)["department_utc_ms"] == 1'795'000'030'000);
  CHECK(described(scene, second.case_no)["department_state"] == "done");
  CHECK(text_of(must(find_certificate(scene.scene.hub.database(), scene.scene.hub.custody(),
                                      {"certificate", "test"}, second.case_no))) == "%PDF-1.7");
  CHECK(test::code_of(find_certificate(scene.scene.hub.database(), scene.scene.hub.custody(),
                                       {"certificate", "test"}, first.case_no)) == "hub.no_certificate");
}

TEST_CASE(
    "an ask is answered with the department's state, and states are told in the form that was asked for") {
  LaneScene scene;
  const auto record = test::sample_case();
  const auto saved = scene.take(record);
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  scene.simulator.tell(told(saved.case_no, "done", 1'795'000'030'000));
  let_ask(scene, lane);
  store::Asks asks(*scene.scene.terminal.journal, scene.scene.terminal.enrolment, scene.clock());
  const auto id = must(asks.ask(saved.case_no, record.token, 60'000));
  (void)scene.scene.terminal.agent->turn();
  const auto answer = must(asks.answer(id));
  REQUIRE(answer);
  REQUIRE(answer->kind == store::AnswerKind::answered);
  CHECK(answer->state.stage == record::CaseStage::accepted);
  CHECK(answer->state.department_state == "done");
  CHECK(answer->state.department_utc_ms == 1'795'000'030'000);

  const auto states = [&](const Bytes& request) {
    const auto response = scene.scene.hub.handle({"POST", "/v1/states", "T-0001", request});
    REQUIRE(response.status == 200);
    return must(record::decode_signed(response.body)).body;
  };
  CHECK(must(record::decode_second_states(states(record::encode_second_case_list({saved.case_no}))))[0]
            .department_state == "done");
  const auto first = must(record::decode_states(states(record::encode_case_list({saved.case_no}))));
  CHECK(first[0].stage == record::CaseStage::accepted);
  CHECK(first[0].department_state.empty());
}

TEST_CASE("a department says nothing of cases that it has not got") {
  LaneScene scene;
  const auto refused = scene.take(std::string(test::refused_answer));
  auto other = test::sample_case();
  other.service_id = "household-move";  // the register's
  const auto registered = scene.take(other);
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  for (const auto& case_no : {refused.case_no, registered.case_no, std::string("99999990000017")}) {
    auto news = told(case_no, "done", 1'795'000'010'000);
    news["certificate"] = pdf;
    scene.simulator.tell(news);
  }
  let_ask(scene, lane);
  CHECK(described(scene, refused.case_no)["department_state"] == "");
  CHECK(described(scene, registered.case_no)["department_state"] == "");
  CHECK(must(scene.scene.hub.database().prepare("SELECT count(*) FROM certificate").number()) == 0);
}

TEST_CASE("an entry that says nothing is a dead letter; the others count, and the cursor moves on") {
  LaneScene scene;
  const auto first = scene.take();
  const auto second = scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  scene.turn_until_quiet(lane);
  scene.simulator.tell(told(first.case_no, "Decided!", 1'795'000'010'000));
  scene.simulator.tell(told(second.case_no, "checking", 1'795'000'010'000));
  scene.simulator.tell("nothing at all");
  scene.simulator.tell(told(second.case_no, "done", 1'795'000'020'000));
  let_ask(scene, lane);
  CHECK(described(scene, first.case_no)["department_state"] == "");
  CHECK(described(scene, second.case_no)["department_state"] == "done");
  CHECK(scene.simulator.requests().back().url.ends_with("since=4"));
  auto& database = scene.scene.hub.database();
  auto letters = must(list_bad_news(database));
  REQUIRE(letters.size() == 2);
  std::ranges::sort(letters, {}, &BadNewsLetter::code);
  CHECK(letters[0].code == "states.no_json");
  CHECK(letters[1].code == "states.no_state");
  CHECK(letters[1].department == "pensions");
  CHECK(letters[1].case_no == first.case_no);
  CHECK(scene.scene.count_of("departments.bad_state") == 2);
  CHECK(scene.scene.count_of("departments.bad_page") == 0);

  CHECK(test::code_of(close_bad_news(database, scene.clock(), letters[0].digest, "Li", "")) ==
        "hub.close_unsigned");
  must(close_bad_news(database, scene.clock(), letters[0].digest, "Li", "they will mend it"));
  CHECK(test::code_of(close_bad_news(database, scene.clock(), letters[0].digest, "Li", "again")) ==
        "hub.no_dead_letter");
  CHECK(must(list_bad_news(database)).size() == 1);
  CHECK(scene.scene.count_of("departments.closed") == 1);
}

TEST_CASE("a department that tells nonsense without end fills no table") {
  LaneScene scene;
  auto& database = scene.scene.hub.database();
  departments::BadNews news{"states.no_json", {}, {}};
  for (std::int64_t count = 0; count < bad_news_max + 50; ++count) {
    news.digest[0] = static_cast<std::uint8_t>(count);
    news.digest[1] = static_cast<std::uint8_t>(count >> 8);
    must(bury(database, scene.clock().utc_ms(), "pensions", news));
  }
  CHECK(must(database.prepare("SELECT count(*) FROM bad_news").number()) == bad_news_max);
  CHECK(scene.scene.count_of("departments.bad_state") == bad_news_max + 50);
  news.digest[2] = 1;
  must(bury(database, scene.clock().utc_ms(), "people", news));  // another one's are his
  CHECK(must(database.prepare("SELECT count(*) FROM bad_news").number()) == bad_news_max + 1);
}

TEST_CASE(
    "a page that is none changes nothing, operators hear of it, and it is asked for again; one hub asks at a "
    "time") {
  LaneScene scene;
  const auto saved = scene.take();
  Lane lane(scene.scene.hub, scene.simulator, "one");
  Lane other(scene.scene.hub, scene.simulator, "two");
  scene.turn_until_quiet(lane);
  scene.simulator.tell(told(saved.case_no, "done", 1'795'000'010'000));
  bool broken = true;
  scene.simulator.next_fault = [&] {
    return broken ? test::DepartmentFault::wrong_json : test::DepartmentFault::none;
  };
  let_ask(scene, lane);
  CHECK(described(scene, saved.case_no)["department_state"] == "");
  CHECK(scene.scene.count_of("departments.bad_page") >= 1);
  broken = false;
  const auto asked = scene.simulator.requests().size();
  for (int turn = 0; turn < 600; ++turn) {  // five minutes
    scene.clock().advance(500);
    (void)lane.lane.turn();
    (void)other.lane.turn();
  }
  CHECK(described(scene, saved.case_no)["department_state"] == "done");
  CHECK(scene.simulator.requests().size() - asked <= 7);  // once in a minute, and once for what may follow
}

}  // namespace bianmin::hub
