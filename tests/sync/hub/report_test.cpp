// The report counts what is in the database: each kind of damage shows.
#include "sync/hub/report.hpp"

#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

using test::must;

TEST_CASE("an orderly hub") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess first(hub, "T-0001");
  test::EnrolledTerminalInProcess second(hub, "T-0002");
  const auto saved = first.save();
  first.save(test::sample_rating(saved.case_no));
  second.save();
  first.turn_until_quiet();
  second.turn_until_quiet();
  const auto report = hub.report();
  CHECK(report.records == 3);
  CHECK(report.cases == 2);
  CHECK(report.ratings == 1);
  CHECK(report.accepted == 2);
  CHECK(report.duplicates == 0);
  CHECK(report.gaps == 0);
  CHECK(report.terminals == 2);
  const Json json = to_json(report);
  CHECK(json["records"] == 3);
  CHECK(json["duplicates"] == 0);
  CHECK(json["gaps"] == 0);
  const Json described = must(describe_case(hub.database(), saved.case_no));
  CHECK(described["state"] == "accepted");
  CHECK(described["terminal"] == "T-0001");
  CHECK(described["records"].size() == 2);
  const Bytes file = {'%', 'P', 'D', 'F'};
  first.save(test::sample_document(saved.case_no, file));
  first.turn_until_quiet();
  CHECK(hub.report().documents == 1);
  CHECK(hub.report().duplicates == 0);
  CHECK(must(find_document(hub.database(), hub.custody(), {"document", "test"}, saved.case_no)).bytes ==
        file);
  CHECK(must(describe_case(hub.database(), saved.case_no))["records"][2]["kind"] == "document");
  CHECK(json_text(described).find(test::canary_name) == std::string::npos);
  CHECK(test::code_of(describe_case(hub.database(), "1")) == "hub.no_such_case");
}

TEST_CASE("a doubled record, a doubled case and a missing one are counted") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  for (int count = 0; count < 4; ++count) terminal.save();
  terminal.turn_until_quiet();
  must(hub.database().execute(
      "UPDATE record SET record_id = (SELECT record_id FROM record WHERE seq = 1) WHERE seq = 2"));
  CHECK(hub.report().duplicates == 1);
  must(hub.database().execute(
      "UPDATE record SET case_no = (SELECT case_no FROM record WHERE seq = 3) WHERE seq = 4"));
  CHECK(hub.report().duplicates == 2);
  must(hub.database().execute("DELETE FROM record WHERE seq = 3"));
  CHECK(hub.report().gaps == 1);
}

}  // namespace bianmin::hub
