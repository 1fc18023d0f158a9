// How fast a record is enqueued while so many wait: the hub is away, and nothing is taken out.
#include "sync/store/outbox.hpp"
#include "tests/bench/bare_store.hpp"
#include "tests/bench/journal_bench.hpp"
#include "tests/bench/mosquitto_peer.hpp"

namespace bianmin::bench {

namespace {

constexpr std::int64_t long_queue = 30'000;
constexpr std::int64_t very_long_queue = 1'000'000;
constexpr double bare_ratio_least = 0.6;
constexpr double mosquitto_ratio_least = 4;
constexpr double mosquitto_long_ratio_least = 100;
constexpr double flat_ratio_least = 0.8;  // of the rate with an empty queue

struct Measured {
  double ours_per_s = 0;
  double bare_per_s = 0;
};

double rate(int count, double total_us) { return count * 1e6 / total_us; }

Measured measure_ours(BenchTerminal& terminal, BareSqlite& bare, int rounds, std::size_t byte_count) {
  Bytes bytes(byte_count);
  seal::fill_random(bytes);
  double ours_us = 0;
  double bare_us = 0;
  for (int i = 0; i < rounds; ++i) {
    record::CaseRecord record = sample_case(long_case_padding);
    ours_us += time_us([&] { (void)must(terminal.writer.save(std::move(record))); });
    bare_us += time_us([&] { bare.append(bytes); });
  }
  return {rate(rounds, ours_us), rate(rounds, bare_us)};
}

// One message at a time, each acknowledged before the next, while its subscriber is away.
double measure_mosquitto(const std::filesystem::path& folder, Durability durability, int qos,
                         std::int64_t queued, int rounds, std::size_t byte_count) {
  Broker broker(folder);
  broker.start(Durability::standard);
  { MqttClient(broker, "hub", qos, true).subscribe(); }
  {
    constexpr int window = 20;
    MqttClient filler(broker, "filler", qos, false);
    for (std::int64_t i = 0; i < queued; ++i)
      filler.publish(static_cast<std::uint64_t>(i), byte_count, window);
    filler.wait_until_acknowledged();
  }
  broker.stop();  // and it saves them
  broker.start(durability);
  MqttClient terminal(broker, "terminal", qos, false);
  const double total_us = time_us([&] {
    for (int i = 0; i < rounds; ++i) terminal.publish(static_cast<std::uint64_t>(queued + i), byte_count);
  });
  return rate(rounds, total_us);
}

void compare(const std::string& name, const Measured& measured, std::int64_t queued, int rounds,
             std::size_t byte_count) {
  for (const Durability durability : {Durability::durable, Durability::standard}) {
    for (const int qos : {1, 2}) {
      const bool durable = durability == Durability::durable;
      const WorkFolder folder;
      // A durable broker writes its whole queue for each message: seconds each when it is long.
      const int peer_rounds = durable && queued > 0 ? 12 : rounds;
      const double peer =
          measure_mosquitto(folder / "broker", durability, qos, queued, peer_rounds, byte_count);
      const double least = queued > 0 ? mosquitto_long_ratio_least : mosquitto_ratio_least;
      print_rate(fmt::format("{}: against mosquitto QoS {}, {}", name, qos,
                             durable ? "saved on every change" : "default persistence"),
                 measured.ours_per_s, peer, durable ? least : 0);
    }
  }
}

}  // namespace

void measure_queues(bool quick) {
  const WorkFolder folder;
  BenchTerminal terminal(folder / "journal.db");
  (void)must(terminal.writer.save(sample_case(long_case_padding)));
  const std::size_t byte_count = terminal.last_record_bytes();
  BareSqlite bare(folder / "bare.db");
  const int rounds = quick ? 300 : 2'000;
  double empty_per_s = 0;
  for (const std::int64_t queued : {std::int64_t{0}, long_queue, very_long_queue}) {
    if (quick && queued == very_long_queue) break;
    if (queued > 0) {
      const std::int64_t missing = queued - terminal.record_count();
      terminal.fill(missing);
      bare.fill(missing, byte_count);
    }
    const Measured measured = measure_ours(terminal, bare, rounds, byte_count);
    const std::string name = fmt::format("enqueue {} B, {} queued", byte_count, queued);
    print_rate(name + ": against bare SQLite WAL FULL", measured.ours_per_s, measured.bare_per_s,
               bare_ratio_least);
    if (queued == 0) empty_per_s = measured.ours_per_s;
    if (queued > 0) {
      print_rate(name + ": against itself, empty", measured.ours_per_s, empty_per_s, flat_ratio_least);
    }
    if (queued < very_long_queue) compare(name, measured, queued, rounds, byte_count);
  }
}

}  // namespace bianmin::bench
