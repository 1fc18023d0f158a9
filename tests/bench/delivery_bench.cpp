// The whole way with the programs themselves: terminal, journal, agent, TLS, hub, receipt, journal; and what
// is left of it when they are killed.
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <random>
#include <set>

#include "sync/store/outbox.hpp"
#include "sync/store/wake_up.hpp"
#include "tests/bench/journal_bench.hpp"
#include "tests/bench/mosquitto_peer.hpp"
#include "tests/piped_process.hpp"

namespace bianmin::bench {

namespace {

constexpr std::size_t message_bytes = 2'200;  // as a long case has in the journal
constexpr double patience_us = 120e6;

std::string program(const std::string& name) { return std::string(BIANMIN_BIN) + "/" + name; }

// The line that tells that a program is up, or that it has done something; without it the bench ends.
std::string line_of(test::Process& process, const std::string& start) {
  std::string line = process.wait_for_line(start);
  if (!line.empty()) return line;
  fmt::print(stderr, "journal_bench: a program does not say '{}'\n", start);
  std::exit(1);
}

// A hub and one enrolled terminal, in a folder of their own.
class Site {
 public:
  explicit Site(const std::filesystem::path& folder) : folder_(folder) {
    std::filesystem::create_directories(folder);
    run(program("kiosk-hub") + " init " + hub_folder().string());
    run(program("kiosk-hub") + " enrol " + hub_folder().string() + " --terminal T-0001 --out " +
        terminal().string() + " >/dev/null");
    start_hub();
    start_agent();
  }
  void start_hub() {
    hub = test::Process({program("kiosk-hub"), "serve", hub_folder().string(), "--listen",
                         fmt::format("127.0.0.1:{}", port_)},
                        folder_ / "hub.err");
    const std::string line = line_of(hub, "listening on 127.0.0.1:");
    port_ = std::stoi(line.substr(line.rfind(':') + 1));
  }
  void start_agent() {
    agent = test::Process({program("kiosk-agent"), "--config", (terminal() / "agent.conf").string(),
                           "--hub-url", fmt::format("https://127.0.0.1:{}", port_)},
                          folder_ / "agent.err");
    (void)line_of(agent, "ready");
  }
  std::filesystem::path terminal() const { return folder_ / "terminal"; }
  std::filesystem::path hub_folder() const { return folder_ / "hub"; }
  std::unique_ptr<store::Journal> open_journal(const store::Identity& identity) const {
    return must(store::Journal::open(terminal() / "journal.db", identity));
  }

  test::Process hub;
  test::Process agent;

 private:
  static void run(const std::string& command) {
    if (std::system(command.c_str()) == 0) return;  // NOLINT: a command of this bench
    fmt::print(stderr, "journal_bench: {}\n", command);
    std::exit(1);
  }
  std::filesystem::path folder_;
  int port_ = 0;
};

void wait_until_sent(store::Journal& journal) {
  const auto begun = Steady::now();
  while (must(journal.backlog()).waiting > 0) {
    if (since_us(begun) > patience_us) {
      fmt::print(stderr, "journal_bench: the agent does not get it through\n");
      std::exit(1);
    }
    ::usleep(2'000);
  }
}

double deliver_ours(int count) {
  const WorkFolder folder;
  Site site(folder / "site");
  const auto enrolment = must(store::load_enrolment(site.terminal()));
  const auto journal = site.open_journal(enrolment.identity);
  store::RecordWriter writer(*journal, enrolment);
  const double total_us = time_us([&] {
    for (int i = 0; i < count; ++i) {
      (void)must(writer.save(sample_case(long_case_padding)));
      store::WakeUp::send(site.terminal() / "agent.wake");
    }
    wait_until_sent(*journal);
  });
  return count * 1e6 / total_us;
}

double deliver_mosquitto(Durability durability, int qos, int count) {
  const WorkFolder folder;
  Broker broker(folder / "broker");
  broker.start(durability);
  MqttClient hub(broker, "hub", qos, true);
  hub.subscribe();
  MqttClient terminal(broker, "terminal", qos, false);
  const auto wanted = static_cast<std::size_t>(count);
  constexpr int window = 20;  // what its library has in flight at most
  const double total_us = time_us([&] {
    for (int i = 0; i < count; ++i) {
      terminal.publish(static_cast<std::uint64_t>(i), message_bytes, window);
      hub.turn(0);
    }
    while (hub.received().size() < wanted || terminal.acknowledged() < wanted) {
      terminal.turn(0);
      hub.turn(1);
    }
  });
  return count * 1e6 / total_us;
}

std::set<std::string> cases_at(const Site& site) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* query = nullptr;
  const auto path = site.hub_folder() / "hub.db";
  std::set<std::string> cases;
  if (sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(handle, "SELECT case_no FROM record WHERE code = ''", -1, &query, nullptr) ==
          SQLITE_OK) {
    while (sqlite3_step(query) == SQLITE_ROW)
      cases.emplace(reinterpret_cast<const char*>(sqlite3_column_text(query, 0)));
  }
  sqlite3_finalize(query);
  sqlite3_close(handle);
  return cases;
}

struct Loss {
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
};

Loss kill_ours(int kills) {
  const WorkFolder folder;
  Site site(folder / "site");
  std::mt19937 random(1);
  std::set<std::string> acknowledged;
  for (int kill = 0; kill < kills; ++kill) {
    test::Process writer({program("journal_writer"), site.terminal().string(), "1000000"},
                         folder / "writer.err");
    (void)line_of(writer, "saved ");
    ::usleep(200'000 + static_cast<unsigned>(random() % 300'000));
    if (kill % 3 == 0) site.agent.stop(SIGKILL);
    if (kill % 3 == 1) site.hub.stop(SIGKILL);
    writer.stop(SIGKILL);
    for (const auto& line : writer.lines_so_far()) {
      const auto words = line.substr(line.find(' ') + 1);
      acknowledged.insert(words.substr(0, words.find(' ')));
    }
    if (!site.hub.running()) site.start_hub();
    site.agent.stop(SIGKILL);  // without the back-off of the last outage
    site.start_agent();
  }
  const auto identity = must(store::load_identity(site.terminal()));
  wait_until_sent(*site.open_journal(identity));
  const auto arrived = cases_at(site);
  Loss loss{acknowledged.size(), 0};
  for (const auto& case_no : acknowledged) loss.lost += arrived.contains(case_no) ? 0 : 1;
  return loss;
}

Loss kill_mosquitto(Durability durability, int qos, int kills) {
  Loss loss;
  for (int kill = 0; kill < kills; ++kill) {
    const WorkFolder folder;
    Broker broker(folder / "broker");
    broker.start(durability);
    { MqttClient(broker, "hub", qos, true).subscribe(); }
    const std::uint64_t count = durability == Durability::durable ? 100 : 1'000;
    {
      MqttClient terminal(broker, "terminal", qos, false);
      for (std::uint64_t i = 0; i < count; ++i) terminal.publish(i, message_bytes);
      broker.kill();
    }
    broker.start(durability);
    MqttClient hub(broker, "hub", qos, true);
    constexpr double quiet_us = 2e6;  // as long as nothing new comes, that was all
    auto last = Steady::now();
    for (std::size_t seen = 0; seen < count && since_us(last) < quiet_us;) {
      hub.turn(50);
      if (hub.received().size() == seen) continue;
      seen = hub.received().size();
      last = Steady::now();
    }
    loss.acknowledged += count;
    loss.lost += count - hub.received().size();
  }
  return loss;
}

std::string text(const Loss& loss) { return fmt::format("{} of {}", loss.lost, loss.acknowledged); }

template <typename Work>
void for_each_peer(Work work) {
  for (const Durability durability : {Durability::durable, Durability::standard}) {
    for (const int qos : {1, 2}) {
      const char* name = durability == Durability::durable ? "saved on every change" : "default persistence";
      work(durability, qos, fmt::format("mosquitto QoS {}, {}", qos, name));
    }
  }
}

}  // namespace

void measure_delivery(bool quick) {
  const int count = quick ? 500 : 3'000;
  const double ours = deliver_ours(count);
  for_each_peer([&](Durability durability, int qos, const std::string& name) {
    const int peer_count = durability == Durability::durable ? count / 2 : count * 5;
    print_rate("end to end (append, agent, hub, settle): against " + name, ours,
               deliver_mosquitto(durability, qos, peer_count));
  });
}

void measure_kills(bool quick) {
  const int kills = quick ? 6 : 18;
  const Loss ours = kill_ours(kills);
  for_each_peer([&](Durability durability, int qos, const std::string& name) {
    Row row{"acknowledged but lost after SIGKILL: against " + name, text(ours),
            text(kill_mosquitto(durability, qos, quick ? 3 : 6))};
    row.target = "0";
    row.met = ours.lost == 0;
    print(row);
  });
}

}  // namespace bianmin::bench
