// Appending to the journal, against the bare disk and bare SQLite with as many bytes, and against mosquitto.
// One of each by turns, so that a disk that changes its mood does it to all of them.
#include "tests/bench/journal_bench.hpp"

#include "sync/record/messages.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "tests/bench/bare_store.hpp"

namespace bianmin::bench {

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

BenchTerminal::BenchTerminal(const std::filesystem::path& journal_path)
    : enrolment{{"T-0001", 1, 42},
                seal::PrivateKey::generate(),
                seal::PrivateKey::generate().public_key(),
                seal::PrivateKey::generate().public_key()},
      journal(must(store::Journal::open(journal_path, enrolment.identity))),
      writer(*journal, enrolment) {}

std::size_t BenchTerminal::last_record_bytes() {
  auto query = journal->database().prepare(
      "SELECT length(record_id) + length(case_no) + length(digest) + length(envelope) + length(signature) + "
      "length(payload) FROM record ORDER BY seq DESC LIMIT 1");
  return static_cast<std::size_t>(must(query.number()));
}

std::int64_t BenchTerminal::record_count() {
  return must(journal->database().prepare("SELECT count(*) FROM record").number());
}

void BenchTerminal::fill(std::int64_t record_count) {
  constexpr std::int64_t batch = 20'000;
  for (std::int64_t left = record_count; left > 0; left -= batch) {
    must(journal->database().execute(fmt::format(
        "INSERT INTO record (seq, record_id, kind, case_count, case_no, digest, envelope, signature, "
        "payload) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
        "SELECT seq + i, randomblob(16), 2, case_count, printf('%014d', seq + i), randomblob(32), envelope, "
        "signature, payload FROM n, (SELECT * FROM record ORDER BY seq DESC LIMIT 1)",
        std::min(left, batch))));
  }
}

void print_rate(const std::string& what, double ours_per_s, double theirs_per_s, double ratio_least) {
  const double ratio = ours_per_s / theirs_per_s;
  Row row{what, fmt::format("{:.0f}/s", ours_per_s),
          fmt::format("{:.{}f}/s", theirs_per_s, theirs_per_s < 100 ? 1 : 0), times(ratio)};
  if (ratio_least > 0) {
    row.target = fmt::format(">= {:.2f}", ratio_least);
    row.met = ratio >= ratio_least;
  }
  print(row);
}

namespace {

void run(const char* name, std::size_t padding, int rounds) {
  const WorkFolder folder;
  BenchTerminal terminal(folder / "journal.db");
  const store::Enrolment& enrolment = terminal.enrolment;
  (void)must(terminal.writer.save(sample_case(padding)));
  const std::size_t byte_count = terminal.last_record_bytes();

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
    terminal.writer.prepare();  // as the terminal does while nobody waits
    ours.push_back(time_us([&] { (void)must(terminal.writer.save(std::move(record))); }));
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
  using namespace bianmin::bench;
  const bool quick = has_flag(argc, argv, "--quick");
  const int rounds = quick ? 300 : 2'000;
  run("a case", 0, rounds);
  run("a long case", long_case_padding, rounds);
  measure_queues(quick);
  measure_delivery(quick);
  measure_kills(quick);
}
