// What hubs of before left in plain is sealed once; and nothing is plain in a database of today.
#include "sync/hub/filing/plain_rows.hpp"

#include "tests/sync/hub/support.hpp"
#include "tests/sync/security/needles.hpp"

namespace bianmin::hub {

using test::code_of;
using test::must;

namespace {

constexpr int case_count = plain_rows_batch + 20;

test::Needles persons_of_sample() {
  test::Needles needles;
  needles.add(std::string(test::canary_name));
  needles.add(std::string(test::canary_number));
  return needles;
}

std::int64_t counted_by(test::HubInProcess& hub, std::string_view sql) {
  return must(hub.database().prepare(sql).number());
}

// As a hub of before had them.
void make_plain(test::HubInProcess& hub) {
  std::vector<std::pair<Bytes, Bytes>> entries;
  {
    auto query = hub.database().prepare("SELECT record_id, record FROM department_entry");
    while (must(query.step())) entries.emplace_back(query.bytes(0), query.bytes(1));
  }
  auto transaction = must(database::Transaction::begin(hub.database()));
  for (const auto& [id, sealed] : entries) {
    const auto record = must(hub.custody().open_record(record_id_of(id), sealed, {"test", "test"}));
    auto update =
        hub.database().prepare("UPDATE department_entry SET record = ?, sealed = 0 WHERE record_id = ?");
    must(update.bind(ByteView(must(record::encode(record)))).bind(ByteView(id)).run());
  }
  auto insert = hub.database().prepare(
      "INSERT INTO certificate (case_no, department, received_utc_ms, bytes) VALUES ('C', 'd', 1, ?)");
  must(insert.bind(view_of(std::string(test::canary_name) + " certificate")).run());
  must(transaction.commit());
}

}  // namespace

TEST_CASE("the hub's folder and database tell nothing of a person, not even in SQLite's log") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  for (int number = 0; number < 30; ++number) terminal.save();
  const auto saved = terminal.save();
  (void)terminal.save(test::sample_document(saved.case_no, Bytes(300, 7)));
  terminal.turn_until_quiet();
  REQUIRE(hub.report().accepted == 31);
  CHECK(counted_by(hub, "SELECT count(*) FROM department_entry WHERE sealed = 0") == 0);
  CHECK(must(find_document(hub.database(), hub.custody(), {"document", "test"}, saved.case_no)).bytes ==
        Bytes(300, 7));
  if (test::on_postgresql()) return;
  const std::string all = test::all_bytes_below(hub.folder());
  CHECK(all.find(saved.case_no) != std::string::npos);  // it looks at the right bytes
  CHECK(persons_of_sample().find_in(all).empty());
}

TEST_CASE("rows of before are sealed, batch by batch, and the database forgets what they were") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  std::string last;
  for (int number = 0; number < case_count; ++number) last = terminal.save().case_no;
  (void)terminal.save(test::sample_document(last, Bytes(9'000, 7)));  // on pages of its own
  terminal.turn_until_quiet();
  make_plain(hub);
  const auto plain = [&] {
    return counted_by(hub, "SELECT count(*) FROM department_entry WHERE sealed = 0");
  };
  CHECK(plain() == case_count + 1);
  CHECK(must(find_document(hub.database(), hub.custody(), {"document", "test"}, last)).bytes ==
        Bytes(9'000, 7));
  if (!test::on_postgresql()) {
    CHECK_FALSE(persons_of_sample().find_in(test::all_bytes_below(hub.folder())).empty());
  }
  // It breaks off: nothing is half done, and the next time does the rest.
  CHECK_FALSE(seal_plain_rows(hub.database(), custody::Sealer(hub.folder() / "nowhere")).ok());
  CHECK(plain() == case_count + 1);
  hub.restart();
  const custody::Sealer sealer(hub.folder());
  CHECK(must(seal_plain_rows(hub.database(), sealer)) == case_count + 2);
  CHECK(must(seal_plain_rows(hub.database(), sealer)) == 0);
  CHECK(plain() == 0);
  CHECK(must(find_document(hub.database(), hub.custody(), {"document", "test"}, last)).bytes ==
        Bytes(9'000, 7));
  const auto opened = must(hub.custody().open_certificate("C",
                                                          [&] {
                                                            auto query = hub.database().prepare(
                                                                "SELECT bytes FROM certificate");
                                                            REQUIRE(must(query.step()));
                                                            return query.bytes(0);
                                                          }(),
                                                          {"test", "test"}));
  CHECK(text_of(opened) == std::string(test::canary_name) + " certificate");
  if (!test::on_postgresql()) {
    CHECK(persons_of_sample().find_in(test::all_bytes_below(hub.folder())).empty());
  }
}

}  // namespace bianmin::hub
