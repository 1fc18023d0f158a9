// Databases of earlier hubs, with what is in them, under this one.
#include "sync/database/postgres.hpp"
#include "sync/hub/report.hpp"
#include "sync/hub/store/postgres_migrations.hpp"
#include "sync/hub/store/sqlite_migrations.hpp"
#include "tests/sync/hub/test_database.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::hub {

using test::must;

namespace {

// A database with so many migrations done, and then with all.
struct OldHub {
  test::TempFolder folder;
  std::string url = test::on_postgresql() ? test::new_database() : std::string();

  std::unique_ptr<database::Database> open(std::size_t on_file, std::size_t on_server) const {
    const auto of_file = std::span<const std::string_view>(sqlite_migrations).first(on_file);
    const auto of_server = std::span<const std::string_view>(postgres_migrations).first(on_server);
    return must(url.empty() ? database::Database::open(folder / "hub.db", of_file)
                            : database::connect(url, of_server));
  }
  std::unique_ptr<database::Database> open_now() const {
    return open(std::size(sqlite_migrations), std::size(postgres_migrations));
  }
};

struct OldRecord {
  std::int64_t epoch;
  std::int64_t seq;
  int kind;
  const char* case_no;
  const char* code;
};

void put_record(database::Database& database, const OldRecord& record) {
  auto row = database.prepare(
      "INSERT INTO record (terminal_id, epoch, seq, digest, previous, record_id, kind, case_no, "
      "received_utc_ms, envelope, signature, receipt, code) VALUES ('T-1', ?, ?, ?, ?, ?, ?, ?, 7, ?, ?, ?, "
      "?)");
  const Bytes any(16, static_cast<std::uint8_t>(record.seq));
  row.bind(record.epoch).bind(record.seq).bind(ByteView(any)).bind(ByteView(any)).bind(ByteView(any));
  row.bind(record.kind).bind(record.case_no).bind(ByteView(any)).bind(ByteView(any)).bind(ByteView(any));
  must(row.bind(record.code).run());
}

void put_case(database::Database& database, const char* case_no) {
  auto row = database.prepare(
      "INSERT INTO case_file (case_no, terminal_id, service_id, token_digest, received_utc_ms, "
      "accepted_utc_ms, acceptance_no, department_state, department_utc_ms) VALUES (?, 'T-1', 'pension', ?, "
      "7, 8, 'A1', 'in_work', 9)");
  must(row.bind(case_no).bind(ByteView(Bytes(32, 1))).run());
}

std::vector<std::int64_t> seqs_of(database::Database& database, const char* case_no) {
  const Json described = must(describe_case(database, case_no));
  CHECK(described["service"] == "pension");
  CHECK(described["acceptance_no"] == "A1");
  CHECK(described["department_state"] == "in_work");
  CHECK(described["department_utc_ms"] == 9);
  std::vector<std::int64_t> seqs;
  for (const Json& record : described["records"]) seqs.push_back(record["seq"].get<std::int64_t>());
  return seqs;
}

}  // namespace

TEST_CASE("cases from before `case_file` said where their record stands, and after") {
  const OldHub hub;
  {
    const auto before = hub.open(8, 5);
    put_record(*before, {3, 1, 1, "00000010000001", ""});
    put_record(*before, {3, 2, 2, "00000010000001", ""});
    put_record(*before, {3, 3, 3, "00000010000001", ""});
    put_record(*before, {3, 4, 1, "00000010000001", "hub.repeated_case"});
    put_record(*before, {3, 5, 1, "00000010000002", ""});
    put_record(*before, {0, 6, 1, "00000010000001/2", ""});
    for (const char* case_no : {"00000010000001", "00000010000002", "00000010000001/2"}) {
      put_case(*before, case_no);
    }
  }
  const auto now = hub.open_now();
  using Seqs = std::vector<std::int64_t>;
  CHECK(seqs_of(*now, "00000010000001") == Seqs{1, 2, 3, 4});
  CHECK(seqs_of(*now, "00000010000002") == Seqs{5});
  CHECK(seqs_of(*now, "00000010000001/2") == Seqs{6});
  CHECK(must(now->prepare("SELECT count(*) FROM case_file WHERE seq = 0").number()) == 0);
  // A hub of before works on beside this one, and does not know the new columns.
  put_record(*now, {3, 7, 1, "00000010000003", ""});
  put_case(*now, "00000010000003");
  CHECK(seqs_of(*now, "00000010000003") == Seqs{7});
  auto again = now->prepare(
      "INSERT INTO case_file (case_no, terminal_id, service_id, token_digest, "
      "received_utc_ms) VALUES ('00000010000001', 'T-2', 'x', ?, 1) ON CONFLICT DO NOTHING");
  must(again.bind(ByteView(Bytes(32, 2))).run());
  CHECK(now->changes() == 0);
}

}  // namespace bianmin::hub
