// What hubs of before left in plain is sealed once; and nothing is plain in a database of today.
#include "sync/hub/filing/plain_rows.hpp"

#include "sync/hub/filing/case_news.hpp"
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
void make_plain(test::HubInProcess& hub, const std::string& case_no) {
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
      "INSERT INTO certificate (case_no, department, received_utc_ms, bytes) VALUES (?, 'd', 1, ?)");
  must(insert.bind(std::string_view(case_no))
           .bind(view_of(std::string(test::canary_name) + " certificate"))
           .run());
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
  make_plain(hub, last);
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
  CHECK_FALSE(seal_plain_rows(hub.database(), custody::Sealer(hub.folder() / "nowhere"), hub.custody()).ok());
  CHECK(plain() == case_count + 1);
  hub.restart();
  const custody::Sealer sealer(hub.folder());
  CHECK(must(seal_plain_rows(hub.database(), sealer, hub.custody())) == case_count + 2);
  CHECK(must(seal_plain_rows(hub.database(), sealer, hub.custody())) == 0);
  CHECK(plain() == 0);
  CHECK(must(find_document(hub.database(), hub.custody(), {"document", "test"}, last)).bytes ==
        Bytes(9'000, 7));
  const auto opened = must(find_certificate(hub.database(), hub.custody(), {"test", "test"}, last));
  CHECK(text_of(opened) == std::string(test::canary_name) + " certificate");
  if (!test::on_postgresql()) {
    CHECK(persons_of_sample().find_in(test::all_bytes_below(hub.folder())).empty());
  }
}

TEST_CASE(
    "certificates that were sealed for their case's number alone are sealed for its slip, and the rest "
    "stays") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub);
  const custody::Sealer sealer(hub.folder());
  std::vector<std::string> case_nos;
  for (int number = 0; number < plain_rows_batch + 3; ++number) case_nos.push_back(terminal.save().case_no);
  terminal.turn_until_quiet();
  for (const std::string& case_no : case_nos) {
    const bool damaged = &case_no == &case_nos[1];
    Bytes sealed = must(sealer.seal(seal::Purpose::certificate, view_of(case_no), view_of("of " + case_no)));
    sealed.back() ^= damaged ? 1 : 0;
    auto insert = hub.database().prepare(
        "INSERT INTO certificate (case_no, department, received_utc_ms, bytes, sealed) VALUES (?, 'd', 1, ?, "
        "1)");
    must(insert.bind(std::string_view(case_no)).bind(ByteView(sealed)).run());
  }
  const auto certificate = [&](const std::string& case_no) {
    return find_certificate(hub.database(), hub.custody(), {"test", "test"}, case_no);
  };
  CHECK(text_of(must(certificate(case_nos[0]))) == "of " + case_nos[0]);
  CHECK(must(seal_plain_rows(hub.database(), sealer, hub.custody())) == plain_rows_batch + 2);
  CHECK(must(seal_plain_rows(hub.database(), sealer, hub.custody())) == 0);
  CHECK(text_of(must(certificate(case_nos[0]))) == "of " + case_nos[0]);
  CHECK(text_of(must(certificate(case_nos.back()))) == "of " + case_nos.back());
  CHECK(code_of(certificate(case_nos[1])) == "seal.cannot_open");
  CHECK(counted_by(hub, "SELECT count(*) FROM certificate WHERE sealed = 1") == 1);
}

}  // namespace bianmin::hub
