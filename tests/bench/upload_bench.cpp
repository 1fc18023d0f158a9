// Durable records a second over TLS: terminals with a connection each that send one record after the other,
// the next one when they have the receipt. Everything is there as in a village's evening: certificates on
// both sides, custody in a process of its own, a disk that has to have it.
#include <fmt/format.h>

#include <algorithm>

#include "tests/bench/serving_hub.hpp"
#include "tests/bench/swarm.hpp"

namespace bianmin::bench {

namespace {

class Uploading {
 public:
  Uploading(BenchHub& hub, const std::filesystem::path& folder, int connections, int each)
      : serving_(hub),
        count_(static_cast<std::size_t>(connections)),
        uploads_(make_uploads(hub, 1, connections, each)) {
    const BenchCertificates certificates(hub, folder);
    std::size_t open = 0;
    for (int number = 1; number <= connections; ++number) {
      const auto context = certificates.of(BenchHub::terminal_id(number));
      connections_.push_back(std::make_shared<SwarmConnection>(io_, context));
      connections_.back()->connect(
          {asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(serving_.port())},
          asio::ip::make_address("127.0.0.1"), [&](bool good) {
            if (!good) must(Result<void>(Error{Remedy::refuse, "bench.no_connection", {}}));
            ++open;
          });
      while (open < connections_.size()) io_.run_one();
    }
  }

  void show(const std::string& database) {
    const double cpu_before = cpu_us_of(serving_.pid());
    const double took_us = time_us([&] {
      for (std::size_t at = 0; at < count_; ++at) send(at);
      while (latencies_us_.size() < uploads_.size()) io_.run_one();
    });
    const double cpu_us = cpu_us_of(serving_.pid()) - cpu_before;
    const auto count = static_cast<double>(uploads_.size());
    std::ranges::sort(latencies_us_);
    const auto late = static_cast<std::size_t>(0.99 * (count - 1));
    print({fmt::format("{}: durable records over TLS, {} connections", database, count_),
           fmt::format("{:.0f}/s", count * 1e6 / took_us),
           fmt::format("receipt after {} (median), {} (p99); of a record {} in all, serve's CPU {}",
                       microseconds(median(latencies_us_)), microseconds(latencies_us_[late]),
                       microseconds(took_us / count), microseconds(cpu_us / count))});
    for (const auto& connection : connections_) connection->close();
    io_.poll();
  }

 private:
  void send(std::size_t at) {
    if (at >= uploads_.size()) return;
    connections_[at % count_]->post("/v1/records", uploads_[at].bytes, [this, at](SwarmAnswer answer) {
      if (answer.status != 200) {
        must(Result<void>(Error{Remedy::refuse, "bench.not_taken", std::to_string(answer.status)}));
      }
      latencies_us_.push_back(answer.latency_us);
      send(at + count_);
    });
  }

  ServingHub serving_;
  std::size_t count_;
  std::vector<BenchUpload> uploads_;  // turn by turn
  asio::io_context io_{1};
  std::vector<std::shared_ptr<SwarmConnection>> connections_;
  std::vector<double> latencies_us_;
};

}  // namespace

void measure_uploads(bool quick) {
  on_each_database([&](const std::string& name, const FreshDatabase& fresh) {
    for (const auto& [connections, records] : {std::pair{1, 400}, {16, 1'600}, {64, 6'400}, {256, 10'240}}) {
      const WorkFolder folder;
      BenchHub hub(folder / "hub", fresh());
      hub.enrol(connections);
      Uploading(hub, folder / "", connections, std::max(1, records / connections / (quick ? 4 : 1)))
          .show(name);
    }
  });
}

}  // namespace bianmin::bench
