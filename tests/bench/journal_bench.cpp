// Appending to the journal, against the bare disk and bare SQLite with as many bytes. One of each by turns,
// so that a disk that changes its mood does it to all three.
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>

#include "sync/record/messages.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "sync/store/record_writer.hpp"
#include "terminal/base/files.hpp"
#include "tests/bench/report.hpp"

namespace bianmin::bench {

namespace {

template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "journal_bench: {}\n", result.error().text());
    std::exit(1);
  }
  return std::move(result).value();
}

void must(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

record::CaseRecord sample_case(std::size_t padding) {
  const store::FreshIds ids = store::fresh_ids();
  record::CaseRecord record;
  record.id = ids.id;
  record.token = ids.token;
  record.service_id = "pension-confirmation";
  record.service_version = "1.0.0";
  record.item_code = "12441500196720244T3442199806003";
  record.created_utc_ms = 1'795'000'000'123;
  record.person = {{"name", "赵秀兰"},
                   {"sex", "2"},
                   {"ethnicity", "01"},
                   {"birth", "19491231"},
                   {"number", "11010519491231002X"},
                   {"address", "某省某市某县青石镇柳河村三组17号"},
                   {"issuer", "某县公安局"},
                   {"valid_to", "长期"}};
  record.answers = {{"who", "本人"}, {"lives", "家里"}, {"phone", "13800000000"}};
  if (padding > 0) record.answers.push_back({"note", std::string(padding, 'x')});
  return record;
}

class BareFile {
 public:
  explicit BareFile(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) {
    must(fd_.valid(), "open");
  }
  void append(ByteView bytes) {
    const auto written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), end_);
    must(written == static_cast<ssize_t>(bytes.size()) && ::fdatasync(fd_.get()) == 0, "pwrite");
    end_ += written;
  }

 private:
  FileDescriptor fd_;
  off_t end_ = 0;
};

// One table, no index, one statement that is prepared once: as little as SQLite can do for a durable row.
class BareSqlite {
 public:
  explicit BareSqlite(const std::filesystem::path& path) {
    check(sqlite3_open(path.c_str(), &handle_));
    check(sqlite3_exec(handle_,
                       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                       "CREATE TABLE row (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);",
                       nullptr, nullptr, nullptr));
    check(sqlite3_prepare_v2(handle_, "INSERT INTO row (bytes) VALUES (?)", -1, &insert_, nullptr));
  }
  ~BareSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(handle_);
  }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;
  void append(ByteView bytes) {
    check(sqlite3_bind_blob(insert_, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC));
    if (sqlite3_step(insert_) != SQLITE_DONE) check(SQLITE_ERROR);
    check(sqlite3_reset(insert_));
  }

 private:
  void check(int code) const {
    if (code == SQLITE_OK) return;
    fmt::print(stderr, "journal_bench: sqlite: {}\n", sqlite3_errmsg(handle_));
    std::exit(1);
  }
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

std::size_t stored_byte_count(store::Journal& journal) {
  auto query = journal.database().prepare(
      "SELECT length(record_id) + length(case_no) + length(digest) + length(envelope) + length(signature) + "
      "length(payload) FROM record ORDER BY seq DESC LIMIT 1");
  return static_cast<std::size_t>(must(query.number()));
}

void run(const char* name, std::size_t padding, int rounds) {
  const WorkFolder folder;
  const auto hub_seal = seal::PrivateKey::generate();
  const auto hub_receipt = seal::PrivateKey::generate();
  const store::Enrolment enrolment{
      {"T-0001", 1, 42}, seal::PrivateKey::generate(), hub_seal.public_key(), hub_receipt.public_key()};
  const auto journal = must(store::Journal::open(folder / "journal.db", enrolment.identity));
  store::RecordWriter writer(*journal, enrolment);
  (void)must(writer.save(sample_case(padding)));
  const std::size_t byte_count = stored_byte_count(*journal);

  Bytes bytes(byte_count);
  seal::fill_random(bytes);
  BareFile file(folder / "bare");
  BareSqlite sqlite(folder / "bare.db");
  std::vector<double> ours;
  std::vector<double> disk;
  std::vector<double> bare;
  std::vector<double> sealing;
  std::vector<double> signing;
  for (int i = 0; i < rounds; ++i) {
    sealing.push_back(time_us([&] {
      (void)must(seal::seal_to(enrolment.hub_seal_key, record::seal_info_record, record::RecordId{}, bytes));
    }));
    signing.push_back(time_us([&] { (void)enrolment.device_key.sign(bytes); }));
    record::CaseRecord record = sample_case(padding);
    writer.prepare();  // as the terminal does while nobody waits
    ours.push_back(time_us([&] { (void)must(writer.save(std::move(record))); }));
    disk.push_back(time_us([&] { file.append(bytes); }));
    bare.push_back(time_us([&] { sqlite.append(bytes); }));
  }
  constexpr double rate_target = 0.6;
  const auto row = [&](const std::string& against, double mine, double theirs, bool judged) {
    const double ratio = theirs / mine;
    Row out{fmt::format("append {} ({} B), rate against {}", name, byte_count, against),
            fmt::format("{:.0f}/s", 1e6 / mine), fmt::format("{:.0f}/s", 1e6 / theirs), times(ratio)};
    if (judged) {
      out.target = ">= 0.60";
      out.met = ratio >= rate_target;
    }
    print(out);
  };
  row("bare SQLite WAL FULL insert", median(ours), median(bare), true);
  row("the same, mean with checkpoints", mean(ours), mean(bare), false);
  row("bare pwrite+fdatasync", median(ours), median(disk), false);
  print({fmt::format("of an append of {}: sealing, signing, the rest", name),
         fmt::format("{}, {}, {}", microseconds(median(sealing)), microseconds(median(signing)),
                     microseconds(median(ours) - median(sealing) - median(signing))),
         "bare insert " + microseconds(median(bare))});
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  const int rounds = bianmin::bench::has_flag(argc, argv, "--quick") ? 300 : 2'000;
  bianmin::bench::run("a case", 0, rounds);
  bianmin::bench::run("a long case", 1'000, rounds);
}
