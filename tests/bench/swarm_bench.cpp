// 100,000 terminals at one hub: as many as this machine has descriptors for stay connected, the others come,
// ask and go, as between two hourly signs of life; a county's network comes back with records that wait; and
// many certificates are renewed at once.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <set>

#include "sync/record/messages.hpp"
#include "tests/bench/contexts_ahead.hpp"
#include "tests/bench/serving_hub.hpp"
#include "tests/bench/swarm.hpp"

namespace bianmin::bench {

namespace {

using asio::ip::tcp;

constexpr int handshakes_at_once = 64;
constexpr int terminals_per_address = 20'000;  // of this machine's: a port has some 28,000 peers at each
constexpr rlim_t descriptors_wanted = 260'000;
constexpr rlim_t descriptors_spared = 1'000;  // for all else

// How many connections this process, and the hub, may have.
int room_for_connections() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit more{descriptors_wanted, descriptors_wanted};
  if (::setrlimit(RLIMIT_NOFILE, &more) == 0)
    return static_cast<int>(descriptors_wanted - descriptors_spared);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(limit.rlim_max - descriptors_spared);
}

std::int64_t resident_bytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

struct Phase {
  std::vector<double> latencies_us;
  int failed = 0;
  double seconds = 0;
  double percentile(double part) {
    if (latencies_us.empty()) return 0;
    std::ranges::sort(latencies_us);
    return latencies_us[static_cast<std::size_t>(part * static_cast<double>(latencies_us.size() - 1))];
  }
  void show(const std::string& what) {
    const auto count = static_cast<double>(latencies_us.size());
    print({what, fmt::format("{:.0f} in {:.0f} s, {:.0f}/s", count, seconds, count / seconds),
           fmt::format("median {}, p99 {}, worst {}", microseconds(percentile(0.5)),
                       microseconds(percentile(0.99)), microseconds(percentile(1))),
           "", fmt::format("{} failed; target 0", failed), failed == 0});
  }
};

class Swarm {
 public:
  Swarm(const BenchHub& hub, const std::filesystem::path& folder, int port, int count)
      : certificates_(hub, folder),
        endpoint_(asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)),
        terminals_(static_cast<std::size_t>(count)) {}

  // The terminals from..to connect, so many at once.
  Phase connect(int from, int to) {
    Phase phase;
    int next = from;
    int settled = from;
    prepare(from, to);
    std::function<void()> one = [&] {
      if (next > to) return;
      const int number = next++;
      auto connection = std::make_shared<SwarmConnection>(io_, contexts_->take(number));
      at(number) = connection;
      const auto began = Steady::now();
      connection->connect(endpoint_, address_of(number), [&, began](bool good) {
        ++settled;
        if (good) phase.latencies_us.push_back(since_us(began));
        if (!good) ++phase.failed;
        one();
      });
    };
    return timed(phase, [&] {
      for (int count = 0; count < handshakes_at_once; ++count) one();
      while (settled <= to) io_.run_one();
    });
  }

  void disconnect(int from, int to) {
    for (int number = from; number <= to; ++number) at(number)->close();
    io_.poll();
  }

  // Each of the terminals from..to asks once, at a moment of its own within the window. Who is not connected
  // connects for it, and that counts.
  Phase ask(const std::string& path, int from, int to, double window_s,
            const std::function<Bytes(int)>& body_of) {
    Phase phase;
    std::mt19937 dice(static_cast<unsigned>(from));
    std::uniform_real_distribution<double> moment(0, window_s);
    std::vector<std::pair<double, int>> plan;
    for (int number = from; number <= to; ++number) plan.emplace_back(moment(dice), number);
    std::ranges::sort(plan);
    std::vector<int> connecting;
    for (const auto& [second, number] : plan) {
      if (!at(number) || !at(number)->connected()) connecting.push_back(number);
    }
    contexts_.emplace(certificates_, std::move(connecting));
    std::size_t answered = 0;
    return timed(phase, [&] {
      const auto began = Steady::now();
      std::size_t sent = 0;
      while (answered < plan.size()) {
        while (sent < plan.size() && plan[sent].first * 1e6 <= since_us(began)) {
          const int number = plan[sent++].second;
          visit(number, path, body_of(number), [&](SwarmAnswer answer) {
            ++answered;
            if (answer.status == 200) phase.latencies_us.push_back(answer.latency_us);
            if (answer.status != 200) ++phase.failed;
          });
        }
        io_.run_one_for(std::chrono::milliseconds(1));
      }
    });
  }

 private:
  void visit(int number, const std::string& path, const Bytes& body, std::function<void(SwarmAnswer)> done) {
    const auto began = Steady::now();
    if (!at(number) || !at(number)->connected()) return come_and_go(number, path, body, began, done);
    // The hub lets go of what is idle for long: whoever asks at that moment connects anew, as libcurl does.
    at(number)->post(path, body, [=, this](SwarmAnswer answer) {
      if (answer.status == 0) return come_and_go(number, path, body, began, done);
      done(std::move(answer));
    });
  }

  void come_and_go(int number, const std::string& path, const Bytes& body, Steady::time_point began,
                   const std::function<void(SwarmAnswer)>& done) {
    auto connection = std::make_shared<SwarmConnection>(io_, contexts_->take(number));
    connection->connect(endpoint_, address_of(number), [=](bool good) {
      if (!good) return done({});
      connection->post(path, body, [=](SwarmAnswer answer) {
        answer.latency_us = since_us(began);
        connection->close();
        done(std::move(answer));
      });
    });
  }

  std::shared_ptr<SwarmConnection>& at(int number) {
    return terminals_[static_cast<std::size_t>(number - 1)];
  }

  template <typename Work>
  Phase timed(Phase& phase, Work work) {
    phase.seconds = time_us(work) / 1e6;
    return std::move(phase);
  }

  static asio::ip::address address_of(int number) {
    return asio::ip::make_address(fmt::format("127.0.0.{}", 2 + number / terminals_per_address));
  }

  void prepare(int from, int to) {
    std::vector<int> numbers;
    for (int number = from; number <= to; ++number) numbers.push_back(number);
    contexts_.emplace(certificates_, std::move(numbers));
  }

  BenchCertificates certificates_;
  std::optional<ContextsAhead> contexts_;  // for what is under way
  tcp::endpoint endpoint_;
  asio::io_context io_{1};
  // It does not end when the hub has let go of everybody.
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<std::shared_ptr<SwarmConnection>> terminals_;
};

Bytes renew_request(int number) {
  const auto key = seal::PrivateKey::generate();
  const Bytes point = key.public_point();
  return record::encode(
      record::RenewRequest{point, key.sign(record::renew_proof(BenchHub::terminal_id(number), point))});
}

}  // namespace

void measure_swarm(bool quick) {
  const int count = quick ? 2'000 : 100'000;
  const int staying = std::min(quick ? 1'000 : count, room_for_connections());
  const int county = count / 33;
  const int renewals = count / 20;
  const double window_s = quick ? 10 : 600;
  const WorkFolder folder;
  BenchHub hub(folder / "hub", "");
  hub.enrol(count);
  const auto uploads = make_uploads(hub, 1, county, 1);
  const ServingHub server(hub, {"--connections", "300000", "--per-address", "300000"});
  const std::int64_t before = resident_bytes(server.pid());
  Swarm swarm(hub, folder / "", server.port(), count);
  swarm.connect(1, staying)
      .show(fmt::format("{} terminals connect and stay, TLS 1.3 with certificates on both sides", staying));
  const double each = static_cast<double>(resident_bytes(server.pid()) - before) / staying;
  print({fmt::format("of the hub's memory, each of {} idle connections", staying),
         fmt::format("{:.1f} KiB", each / 1024), "64 KiB", times(each / 65'536), "<= 1.00", each <= 65'536});
  const Bytes alive = record::encode_case_list({});
  swarm.ask("/v1/states", 1, count, window_s, [&](int) { return alive; })
      .show(fmt::format("{} terminals say that they live within {:.0f} s, {} of them connect for it", count,
                        window_s, count - staying));
  swarm.disconnect(1, county);
  swarm.connect(1, county).show(fmt::format("a county's {} terminals come back", county));
  swarm
      .ask("/v1/records", 1, county, 1,
           [&](int number) { return uploads[static_cast<std::size_t>(number - 1)].bytes; })
      .show("and send the record that waits, all within a second");
  swarm.ask("/v1/renew", 1, renewals, window_s / 10, renew_request)
      .show(fmt::format("{} certificates are renewed within {:.0f} s", renewals, window_s / 10));
}

}  // namespace bianmin::bench
