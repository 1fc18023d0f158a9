// Appending to the journal, against the bare disk and bare SQLite with as many bytes, and against mosquitto.
// One of each by turns, so that a disk that changes its mood does it to all of them.
#include "tests/bench/journal_bench.hpp"

#include "sync/seal/digest.hpp"
#include "tests/bench/bare_store.hpp"

namespace bianmin::bench {

namespace {

void run(const char* name, std::size_t padding, int rounds, seal::Curve curve = seal::Curve::p256) {
  const WorkFolder folder;
  BenchTerminal terminal(folder / "journal.db", curve);
  const store::Enrolment& enrolment = terminal.enrolment;
  (void)must(terminal.writer->save(sample_case(padding)));
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
      (void)must(
          enrolment.profile->seal(enrolment.hub_seal_key, seal::Purpose::record, record::RecordId{}, bytes));
    }));
    signing.push_back(time_us([&] { (void)enrolment.device_key.sign(bytes); }));
    record::CaseRecord record = sample_case(padding);
    terminal.writer->prepare();  // as the terminal does while nobody waits
    ours.push_back(time_us([&] { (void)must(terminal.writer->save(std::move(record))); }));
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
  run("a long case in gm-1", long_case_padding, rounds, bianmin::seal::Curve::sm2);
  measure_queues(quick);
  measure_delivery(quick);
  measure_kills(quick);
}
