// What stays of a record on a PostgreSQL server, what the server does for it, and whether a hub in which much
// is stored already stores as quickly as an empty one.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sync/departments/department_book.hpp"
#include "sync/hub/ingest/ingest_batch.hpp"
#include "sync/hub/proof/sequencer.hpp"
#include "tests/bench/hub_bench.hpp"
#include "tests/fakes/postgres_server.hpp"

namespace bianmin::bench {

namespace {

constexpr int growth_terminals = 64;
constexpr std::size_t growth_batch = 64;

constexpr std::string_view one_department = R"({
  "departments": {"civil": {"kind": "rest", "url": "https://127.0.0.1:1/cases", "ca": "none.crt"}},
  "services": {"*": "civil"}
})";

// The tables to which each record adds something.
constexpr std::string_view grown_tables[] = {"record",    "known_record", "payload",
                                             "case_file", "filing",       "proof_leaf"};

// Of a copy of a row, so that it is another record's: its keys are changed, all else is as it was.
const std::map<std::string, std::string>& changed_columns() {
  static const std::map<std::string, std::string> list = {
      {"terminal_id", "'G' || g || terminal_id"},
      {"record_id", "substr(sha256(record_id || int8send(g)), 1, 16)"},
      {"case_no", "case_no || '-' || g"},
      {"position", "position + CAST(10000000 AS BIGINT) * g"},
      {"mark", "substr(sha256(mark || int8send(g)), 1, 16)"},
      {"state", "'filed'"},
  };
  return list;
}

class Server {
 public:
  explicit Server(const std::filesystem::path& folder)
      : folder_(folder), server_(folder_, {"shared_buffers=1GB", "max_wal_size=4GB"}) {
    server_.make_database("growth");
  }
  std::string url() const { return server_.url("growth"); }

  // Of all processes of the server, those that have ended with them.
  double cpu_s() const {
    std::ifstream file(folder_ / "postmaster.pid");
    std::string first;
    file >> first;
    double ticks = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") == std::string::npos) ticks += ticks_of(name, first);
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

 private:
  static double ticks_of(const std::string& process, const std::string& server) {
    std::ifstream file("/proc/" + process + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    if (text.rfind(')') == std::string::npos) return 0;  // it has ended
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(field);
    if (fields.size() < 15 || (process != server && fields[1] != server)) return 0;
    const bool itself = process == server;  // with its children that have ended
    return std::stod(fields[11]) + std::stod(fields[12]) +
           (itself ? std::stod(fields[13]) + std::stod(fields[14]) : 0);
  }

  std::filesystem::path folder_;
  test::PostgresServer server_;
};

double number_of(database::Database& database, const std::string& sql) {
  auto query = database.prepare(sql);
  must(query.step());
  return static_cast<double>(query.integer(0));
}

// Heap, indexes and all parts.
double bytes_of_table(database::Database& database, std::string_view table) {
  return number_of(
      database, fmt::format("SELECT CAST(pg_total_relation_size('{0}') + coalesce((SELECT "
                            "sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{0}') WHERE level > "
                            "0), 0) AS BIGINT)",
                            table));
}

double log_bytes(database::Database& database) {
  return number_of(database, "SELECT CAST(pg_current_wal_insert_lsn() - '0/0' AS BIGINT)");
}

void copy_rows(database::Database& database, std::string_view table, int first, int last) {
  auto query = database.prepare(fmt::format(
      "SELECT column_name FROM information_schema.columns WHERE table_name = '{}' AND table_schema = "
      "current_schema() ORDER BY ordinal_position",
      table));
  std::string names;
  std::string values;
  while (must(query.step())) {
    const std::string name = query.text(0);
    const auto changed = changed_columns().find(name);
    names += (names.empty() ? "" : ", ") + name;
    values += (values.empty() ? "" : ", ") + (changed == changed_columns().end() ? name : changed->second);
  }
  must(database
           .prepare(fmt::format("INSERT INTO {0} ({1}) SELECT {2} FROM {0}, generate_series({3}, {4}) AS g "
                                "WHERE terminal_id NOT LIKE 'G%'",
                                table, names, values, first, last))
           .run());
}

struct Stretch {
  double records_per_s = 0;
  double worst_us = 0;
  double server_us = 0;  // of CPU, a record
  double log_bytes = 0;  // a record
};

Stretch take_all(hub::IngestBatch& ingest, BenchHub& hub, const Server& server,
                 std::span<const BenchUpload> uploads) {
  Stretch stretch;
  const auto count = static_cast<double>(uploads.size());
  const double cpu = server.cpu_s();
  const double log = log_bytes(hub.database());
  const double taken_us = time_us([&] {
    for (std::size_t at = 0; at < uploads.size(); at += growth_batch) {
      std::vector<hub::Arriving> arriving;
      for (const auto& one : uploads.subspan(at, std::min(growth_batch, uploads.size() - at))) {
        arriving.push_back({one.terminal_id, one.bytes});
      }
      stretch.worst_us = std::max(stretch.worst_us, time_us([&] {
                                    for (const auto& result : ingest.take(arriving)) {
                                      if (!result) must(Result<void>(result.error()));
                                    }
                                  }));
    }
  });
  stretch.records_per_s = count / taken_us * 1e6;
  stretch.server_us = (server.cpu_s() - cpu) * 1e6 / count;
  stretch.log_bytes = (log_bytes(hub.database()) - log) / count;
  return stretch;
}

void show(const std::string& what, const Stretch& stretch) {
  print({what + ": durable records, 64 to a commit, one thread",
         fmt::format("{:.0f}/s, worst commit {}", stretch.records_per_s, microseconds(stretch.worst_us)),
         ""});
  print({what + ": for each, the server's CPU and its log of writes",
         fmt::format("{:.0f} us, {:.0f} bytes", stretch.server_us, stretch.log_bytes), ""});
}

// Payloads are not copied.
void show_sizes(database::Database& database, double count, double payload_count) {
  double sum = 0;
  for (const std::string_view table : grown_tables) {
    const double each = bytes_of_table(database, table) / (table == "payload" ? payload_count : count);
    sum += each;
    print({fmt::format("of a record, in {} with its indexes", table), fmt::format("{:.0f} bytes", each), ""});
  }
  print({"of a record, in all", fmt::format("{:.0f} bytes", sum), ""});
}

void sequence_all(hub::Sequencer& sequencer) {
  while (must(sequencer.run()) > 0) {
  }
}

}  // namespace

void measure_growth(bool quick) {
  const int each = quick ? 20 : 100;
  const int copies = quick ? 50 : 400;
  const WorkFolder folder;
  const Server server(folder / "data");
  BenchHub hub(folder / "hub", server.url());
  hub.enrol(2 * growth_terminals);
  const auto book = must(departments::DepartmentBook::parse(one_department, folder / ""));
  const SystemClock clock;
  hub::IngestBatch ingest(hub.database(), hub.keys(), hub.custody(), clock, &book);
  hub::Sequencer sequencer(hub.database(), hub.keys(), clock);
  const auto first = make_uploads(hub, 1, growth_terminals, each);
  const auto second = make_uploads(hub, 1 + growth_terminals, growth_terminals, each);
  const auto count = static_cast<double>(first.size());
  show("empty", take_all(ingest, hub, server, first));
  const double cpu = server.cpu_s();
  const double sequencing_us = time_us([&] { sequence_all(sequencer); });
  print({"of a record, its leaf in the hash tree: all, and the server's CPU",
         fmt::format("{:.0f} us, {:.0f} us", sequencing_us / count, (server.cpu_s() - cpu) * 1e6 / count),
         ""});
  for (int copy = 1; copy <= copies; copy += 10) {
    for (const std::string_view table : grown_tables) {
      if (table != "payload") copy_rows(hub.database(), table, copy, std::min(copy + 9, copies));
    }
  }
  must(hub.database().prepare("CHECKPOINT").run());
  show(fmt::format("behind {:.0f} records", count * (copies + 1)), take_all(ingest, hub, server, second));
  show_sizes(hub.database(), count * (copies + 2), count * 2);
}

}  // namespace bianmin::bench
