// Taking records in, against a bare insert of as many bytes into the same kind of database, by turns.
//
// A rate is all records by all the time that they took, so that checkpoints count. The bare loop's database
// is as SQLite comes (WAL, synchronous=FULL) or as PostgreSQL comes; it does no cryptography, and ours does,
// so the rate of storing alone stands beside. Between turns, unmeasured, waiting records are marked as the
// register and the sequencer do it beside ingest: else the indexes of what waits would grow as in no hub that
// runs.
#include <fmt/format.h>

#include <ctime>
#include <fstream>

#include "sync/database/postgres.hpp"
#include "sync/hub/ingest/ingest_batch.hpp"
#include "sync/seal/digest.hpp"
#include "tests/bench/hub_bench.hpp"

namespace bianmin::bench {

namespace {

constexpr int bench_terminals = 64;

constexpr std::string_view bare_schema[] = {
    "CREATE TABLE bare (terminal_id TEXT NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, record_id "
    "BYTEA NOT NULL, bytes BYTEA NOT NULL, PRIMARY KEY (terminal_id, epoch, seq)); CREATE UNIQUE INDEX "
    "bare_by_id ON bare (record_id)"};

double process_cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// What this process has written so far (SQLite), or the server has in its WAL (PostgreSQL).
struct Written {
  double bytes = 0;
  double calls = 0;  // of this process
};

Written written_by_process() {
  std::ifstream io("/proc/self/io");
  Written written;
  for (std::string name; io >> name;) {
    double value = 0;
    io >> value;
    if (name == "wchar:") written.bytes = value;
    if (name == "syscw:") written.calls = value;
  }
  return written;
}

Written written_so_far(database::Database& database) {
  if (!database.on_server()) return written_by_process();
  const auto bytes = database.prepare("SELECT CAST(pg_current_wal_insert_lsn() - '0/0' AS BIGINT)").number();
  return {static_cast<double>(must(bytes)), 0};
}

// One side of the comparison: what its turns took in all.
struct Total {
  double us = 0;
  double cpu_us = 0;
  Written written;
  double records = 0;

  template <class Work>
  void add(database::Database& database, std::size_t count, const Work& work) {
    const Written before = written_so_far(database);
    const double cpu_before = process_cpu_us();
    us += time_us(work);
    cpu_us += process_cpu_us() - cpu_before;
    const Written after = written_so_far(database);
    written.bytes += after.bytes - before.bytes;
    written.calls += after.calls - before.calls;
    records += static_cast<double>(count);
  }
  double us_each() const { return us / records; }
};

// One row for each upload, in a table with a key and one more index; a loop of single inserts and a commit.
class BareLoop {
 public:
  explicit BareLoop(std::unique_ptr<database::Database> database) : database_(std::move(database)) {}
  database::Database& database() { return *database_; }
  void take(std::span<const BenchUpload> uploads) {
    auto transaction = must(database::Transaction::begin(*database_));
    for (const BenchUpload& upload : uploads) {
      auto insert = database_->prepare(
          "INSERT INTO bare (terminal_id, epoch, seq, record_id, bytes) VALUES (?, 1, ?, ?, ?) ON CONFLICT "
          "DO "
          "NOTHING");
      ++count_;
      insert.bind(std::string_view(upload.terminal_id)).bind(count_);
      insert.bind(ByteView(seal::sha256(upload.bytes)).first(16)).bind(ByteView(upload.bytes));
      must(insert.run());
    }
    must(transaction.commit());
  }

 private:
  std::unique_ptr<database::Database> database_;
  std::int64_t count_ = 0;
};

void take(hub::IngestBatch& ingest, std::span<const BenchUpload> uploads) {
  std::vector<hub::Arriving> arriving;
  for (const BenchUpload& upload : uploads) arriving.push_back({upload.terminal_id, upload.bytes});
  for (const auto& result : ingest.take(arriving)) {
    if (!result) must(Result<void>(result.error()));
  }
}

// What is done for a record before and after the database has it, one after the other.
struct Work {
  double verify_us = 0;
  double open_us = 0;
  double sign_us = 0;
};

Work measure_work(BenchHub& hub, std::span<const BenchUpload> uploads) {
  const auto device_key = hub.enrolment_of(1).device_key.public_key();
  std::vector<hub::Arrival> arrivals;
  Work work;
  const double count = static_cast<double>(uploads.size());
  work.verify_us =
      time_us([&] {
        for (const BenchUpload& upload : uploads) {
          arrivals.push_back(must(hub::read_arrival(hub.keys(), upload.terminal_id, upload.bytes)));
          must(hub::verify_arrival(hub.keys(), device_key, arrivals.back()));
        }
      }) /
      count;
  work.open_us = time_us([&] {
                   for (const hub::Arrival& arrival : arrivals) {
                     const custody::SealedRecord sealed[] = {{arrival.envelope, arrival.upload.payload}};
                     must(hub.custody().judge(sealed));
                   }
                 }) /
                 count;
  work.sign_us = time_us([&] {
                   for (const hub::Arrival& arrival : arrivals) {
                     (void)hub.keys().sign(*arrival.profile, arrival.upload.envelope);
                   }
                 }) /
                 count;
  return work;
}

void print_result(const std::string& what, const Work& work, const Total& ours, double storing_us,
                  const Total& theirs, bool is_file) {
  print_rate(what + ": durable records, by one caller, against a bare INSERT loop", 1e6 / ours.us_each(),
             1e6 / theirs.us_each(), 0.7);
  print_rate(what + ": storing alone (without verifying, opening, signing)", 1e6 / storing_us,
             1e6 / theirs.us_each(), 0.7);
  print({what + ": of a record: verify, open, sign (each on one core), store",
         fmt::format("{:.0f} us, {:.0f} us, {:.0f} us, {:.0f} us", work.verify_us, work.open_us, work.sign_us,
                     storing_us),
         fmt::format("bare {:.0f} us; CPU of ours {:.0f} us", theirs.us_each(), ours.cpu_us / ours.records)});
  const auto each = [is_file](const Total& of) {
    const std::string bytes = fmt::format("{:.1f} KiB", of.written.bytes / of.records / 1024);
    return is_file ? fmt::format("{}, {:.1f} calls", bytes, of.written.calls / of.records) : bytes;
  };
  print({what + (is_file ? ": written for a record" : ": WAL of a record"), each(ours), each(theirs)});
}

void measure(const std::string& name, const FreshDatabase& fresh, std::size_t batch, int rounds) {
  const WorkFolder folder;
  const std::string url = fresh();
  BenchHub hub(folder / "hub", url);
  hub.enrol(bench_terminals);
  BareLoop bare(url.empty() ? must(database::Database::open(folder / "bare.db", bare_schema))
                            : must(database::connect(fresh(), bare_schema)));
  const SystemClock clock;
  hub::IngestBatch ingest(hub.database(), hub.keys(), hub.custody(), clock);
  const int each = static_cast<int>(static_cast<std::size_t>(rounds) * batch) / bench_terminals + 1;
  const auto uploads = make_uploads(hub, 1, bench_terminals, each);
  const Work work = measure_work(hub, std::span(uploads).first(std::min<std::size_t>(uploads.size(), 500)));
  Total ours;
  Total theirs;
  for (std::size_t at = 0; at + batch <= uploads.size(); at += batch) {
    const auto part = std::span(uploads).subspan(at, batch);
    ours.add(hub.database(), batch, [&] { take(ingest, part); });
    must(hub.database().execute("UPDATE record SET filed = 1, proven = 1 WHERE filed = 0"));
    theirs.add(bare.database(), batch, [&] { bare.take(part); });
  }
  const double storing_us = std::chrono::duration<double, std::micro>(ingest.storing_time()).count();
  print_result(fmt::format("{}, {} to a commit", name, batch), work, ours, storing_us / ours.records, theirs,
               url.empty());
}

}  // namespace

void measure_ingest(bool quick) {
  on_each_database([&](const std::string& name, const FreshDatabase& fresh) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{16}, std::size_t{64}}) {
      measure(name, fresh, batch, quick ? 40 : 200);
    }
  });
}

}  // namespace bianmin::bench
