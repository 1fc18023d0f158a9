// The queue forgets what was filed long ago, and nothing that comes late is the worse for it.
#include "sync/hub/filing/retention.hpp"

#include <filesystem>
#include <map>

#include "tests/sync/departments/lane_scene.hpp"

namespace bianmin::hub {

using test::Lane;
using test::LaneScene;
using test::must;

namespace {

constexpr std::int64_t long_ms = 31 * 86'400'000LL;

struct RetentionScene : LaneScene {
  Lane lane{scene.hub, simulator, "one"};
  FilingRetention retention{scene.hub.database(), scene.hub.clock, filed_days_usual};

  std::int64_t number(std::string_view sql) { return must(scene.hub.database().prepare(sql).number()); }
  std::int64_t rows() { return number("SELECT count(*) FROM filing"); }
  Json described(const std::string& case_no) { return must(describe_case(scene.hub.database(), case_no)); }
};

}  // namespace

TEST_CASE("only what was filed goes, only after its days, and it still counts") {
  RetentionScene at;
  const auto old = at.take();
  at.take(std::string(test::refused_answer));
  at.turn_until_quiet(at.lane);
  CHECK(must(at.retention.turn()) == 0);
  at.clock().advance(long_ms - retention_interval_ms);
  at.scene.hub.resume();  // makes the days' parts of a server's tables
  const auto recent = at.take();
  at.turn_until_quiet(at.lane);
  at.take();  // waits
  CHECK(at.rows() == 4);
  at.clock().advance(retention_interval_ms);
  CHECK(must(at.retention.turn()) == 1);
  CHECK(at.rows() == 3);
  CHECK(at.number("SELECT count(*) FROM filing WHERE state = 'filed'") == 1);
  CHECK(at.count().filed == 2);
  CHECK(at.count().dead == 1);
  CHECK(at.count().waiting == 1);
  CHECK(at.scene.hub.report().accepted == 2);
  CHECK(at.described(old.case_no)["state"] == "accepted");
  CHECK(at.described(old.case_no)["records"][0]["filed"].get<bool>());
  at.clock().advance(long_ms);
  CHECK(must(at.retention.turn()) == 1);
  CHECK(at.count().filed == 2);
  CHECK(at.count().department == "pensions");
  CHECK(at.described(recent.case_no)["state"] == "accepted");
}

TEST_CASE("what comes late finds it filed: the same upload, an acceptance, a failure, an operator") {
  RetentionScene at;
  const auto saved = at.scene.terminal.save();
  const auto upload = at.scene.upload_of(saved.seq);
  (void)at.scene.terminal.agent->turn();
  auto queue = at.queue();
  const auto claimed = must(queue.claim("pensions", "a hub that dies", 1'000));
  REQUIRE(claimed);
  at.clock().advance(1'000);
  at.turn_until_quiet(at.lane);
  at.clock().advance(long_ms);
  CHECK(must(at.retention.turn()) == 1);
  const auto acceptance_no = at.described(saved.case_no)["acceptance_no"];

  const auto request = record::encode(upload);
  CHECK(at.scene.hub.handle({"POST", "/v1/records", "T-0001", request}).status == 200);
  must(queue.accepted(*claimed, record::RecordKind::service_case, {"Z9", 5}));
  must(queue.failed(*claimed, "http.timeout", "", 1'000));
  must(queue.refused(*claimed, "department.no", ""));
  must(queue.give_back(*claimed));
  const auto same = [](std::string_view, const std::string& department, bool) { return department; };
  CHECK(must(queue.replay(claimed->record.id, same)) == 0);
  CHECK(at.rows() == 0);
  CHECK(at.described(saved.case_no)["acceptance_no"] == acceptance_no);
  for (int turn = 0; turn < 100; ++turn) at.clock().advance(std::max<std::int64_t>(1, at.lane.lane.turn()));
  CHECK(at.simulator.request_count() == 1);
  CHECK(at.scene.hub.report().records == 1);
  CHECK(at.scene.count_of("departments.refused") == 0);
}

TEST_CASE("a department is believed about its cases long after the queue has forgotten them") {
  RetentionScene at;
  const auto saved = at.take();
  at.turn_until_quiet(at.lane);
  at.clock().advance(long_ms);
  CHECK(must(at.retention.turn()) == 1);
  at.simulator.tell({{"case_no", saved.case_no}, {"state", "done"}, {"utc_ms", 1'795'000'010'000}});
  for (int turn = 0; turn < 300; ++turn) at.clock().advance(std::max<std::int64_t>(500, at.lane.lane.turn()));
  CHECK(at.described(saved.case_no)["department_state"] == "done");
}

TEST_CASE("a batch at a time, as long as there is more; then it looks seldom") {
  RetentionScene at;
  auto insert = std::string(
      "INSERT INTO filing (terminal_id, epoch, seq, record_id, case_no, service_id, received_utc_ms, "
      "department, state, changed_utc_ms) VALUES (?, 1, ?, ?, 'C', 's', 1, ?, 'filed', 1)");
  auto transaction = must(database::Transaction::begin(at.scene.hub.database()));
  for (int row = 0; row < 2 * retention_batch + 7; ++row) {
    auto one = at.scene.hub.database().prepare(insert);
    one.bind("T-0009").bind(row).bind(ByteView(Bytes(16, 1))).bind(row % 2 == 0 ? "pensions" : "people");
    must(one.run());
  }
  must(transaction.commit());
  CHECK(must(at.retention.turn()) == retention_batch);
  CHECK(must(at.retention.turn()) == retention_batch);
  CHECK(must(at.retention.turn()) == 7);
  must(at.scene.hub.database().execute(
      "INSERT INTO filing (terminal_id, epoch, seq, record_id, case_no, service_id, received_utc_ms, "
      "department, state, changed_utc_ms) VALUES ('T-0009', 2, 1, '', 'C', 's', 1, 'pensions', 'filed', 1)"));
  CHECK(must(at.retention.turn()) == 0);
  at.clock().advance(retention_interval_ms);
  CHECK(must(at.retention.turn()) == 1);
  std::int64_t filed = 0;
  for (const auto& count : must(at.queue().counts())) filed += count.filed;
  CHECK(filed == 2 * retention_batch + 8);
  CHECK(must(at.queue().counts()).size() == 2);
}

TEST_CASE("a hub of before learns whose its cases are") {
  const test::TempFolder folder;
  std::map<std::string, std::string> by_name;
  for (const auto& entry : std::filesystem::directory_iterator("sync/hub/store/migrations")) {
    if (entry.is_regular_file())
      by_name[entry.path().filename().string()] = text_of(must(read_file(entry.path(), 1U << 20U)));
  }
  std::vector<std::string_view> earlier;
  for (const auto& [name, text] : by_name) {
    if (name < "010") earlier.push_back(text);
  }
  REQUIRE(by_name.contains("010_filing_retention.sql"));
  {
    const auto before = must(database::Database::open(folder / "hub.db", earlier));
    must(before->execute(R"(
      INSERT INTO case_file (case_no, terminal_id, service_id, token_digest, received_utc_ms) VALUES
        ('A', 'T', 's', x'00', 1), ('B', 'T', 's', x'00', 1), ('C', 'T', 's', x'00', 1);
      INSERT INTO record (terminal_id, epoch, seq, digest, previous, record_id, kind, case_no, received_utc_ms,
                          envelope, signature, receipt, code, filed) VALUES
        ('T', 1, 1, x'01', x'', x'01', 1, 'A', 1, x'', x'', x'', '', 1),
        ('T', 1, 2, x'02', x'', x'02', 2, 'A', 1, x'', x'', x'', '', 1),
        ('T', 1, 3, x'03', x'', x'03', 1, 'B', 1, x'', x'', x'', '', 2);
      INSERT INTO filing (terminal_id, epoch, seq, record_id, case_no, service_id, received_utc_ms, department, state) VALUES
        ('T', 1, 1, x'01', 'A', 's', 1, 'pensions', 'filed'), ('T', 1, 2, x'02', 'A', 's', 1, 'elsewhere', 'filed'),
        ('T', 1, 3, x'03', 'B', 's', 1, 'pensions', 'waiting');)"));
  }
  const auto now = must(open_hub_database(folder.path()));
  const auto whose = [&](std::string_view case_no) {
    auto query = now->prepare("SELECT department FROM case_file WHERE case_no = ?");
    REQUIRE(must(query.bind(case_no).step()));
    return query.text(0);
  };
  CHECK(whose("A") == "pensions");
  CHECK(whose("B").empty());
  CHECK(whose("C").empty());
}

}  // namespace bianmin::hub
