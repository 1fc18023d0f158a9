#include "sync/hub/store/denials.hpp"

#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

TEST_CASE("who is denied is known at the next look, and who is enrolled again is not any more") {
  test::HubInProcess hub;
  const test::EnrolledTerminalInProcess first(hub, "T-0001");
  const test::EnrolledTerminalInProcess second(hub, "T-0002");
  Denials denials(hub.database());
  test::must(denials.look());
  CHECK(denials.empty());
  test::must(deny_terminal(hub.folder(), "T-0001"));
  CHECK_FALSE(denials.contains("T-0001"));
  test::must(denials.look());
  CHECK(denials.contains("T-0001"));
  CHECK_FALSE(denials.contains("T-0002"));
  const test::EnrolledTerminalInProcess again(hub, "T-0001");
  test::must(denials.look());
  CHECK(denials.empty());
  test::must(deny_terminal(hub.folder(), "T-0002"));
  test::must(denials.look());
  CHECK(denials.contains("T-0002"));
  CHECK_FALSE(denials.contains("T-0001"));
}

TEST_CASE("what no count shows is found after so many looks") {
  test::HubInProcess hub;
  const test::EnrolledTerminalInProcess terminal(hub, "T-0001");
  test::must(deny_terminal(hub.folder(), "T-0001"));
  Denials denials(hub.database());
  test::must(denials.look());
  REQUIRE(denials.contains("T-0001"));
  // One life is let in again and another shut out at the same moment: nobody does so, but a hand in the
  // database.
  test::must(hub.database().execute(
      "UPDATE enrolment SET state = 'active' WHERE terminal_id = 'T-0001'; INSERT INTO enrolment "
      "(terminal_id, "
      "epoch, device_key, state, enrolled_utc_ms) SELECT terminal_id || 'x', epoch, device_key, 'denied', 0 "
      "FROM "
      "enrolment; DELETE FROM enrolment WHERE enrolment_no = (SELECT max(enrolment_no) FROM enrolment)"));
  for (int count = 0; count < looks_between_readings_max; ++count) test::must(denials.look());
  CHECK_FALSE(denials.contains("T-0001"));
}

}  // namespace bianmin::hub
