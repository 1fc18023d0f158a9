// The machines of a simulation, each on a disk that loses what a power cut may lose.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/agent/agent.hpp"
#include "sync/hub/filing/register.hpp"
#include "sync/hub/service/service.hpp"
#include "sync/store/asks.hpp"
#include "tests/fakes/crash_vfs.hpp"
#include "tests/sync/hub/fresh_keys.hpp"
#include "tests/sync/hub/support.hpp"
#include "tests/sync/simulation/dice.hpp"
#include "tests/sync/simulation/simulation.hpp"

namespace bianmin::test {

constexpr int simulated_terminals_max = 3;

// Keys and empty disks that every simulation starts with: they are costly to make, and no part of the story.
struct World {
  World();
  FreshKeys hub;
  std::vector<store::Enrolment> enrolments;
  CrashDisk hub_disk;
  std::vector<CrashDisk> terminal_disks;
};

class SimulatedHub {
 public:
  SimulatedHub(const World& world, const Clock& clock, Planted planted);
  bool on() const { return service_ != nullptr; }
  std::string boot();                  // an error's code, or nothing
  void power_cut(std::uint64_t seed);  // stays off
  void kill() { stop(); }              // the program alone; its disk keeps everything

  // Nothing: the power went in the middle of it, or it is off.
  std::optional<hub::HttpResponse> handle(const hub::HttpRequest& request);
  database::Database& database() { return *database_; }
  CrashDisk& disk() { return vfs_->disk(); }
  void replace_disk(CrashDisk disk);  // it has to be off

 private:
  void stop();
  void forget_that_it_was_here(ByteView upload);
  const World& world_;
  const Clock& clock_;
  Planted planted_;
  QuietLog log_;
  std::unique_ptr<CrashVfs> vfs_;
  std::unique_ptr<database::Database> database_;
  std::unique_ptr<hub::EmbeddedRegister> department_;
  std::unique_ptr<hub::Filing> filing_;
  std::unique_ptr<hub::HubService> service_;
};

struct NetworkMood {
  bool partitioned = false;
  int loss_percent = 0;
  int twice_percent = 0;
  int late_percent = 0;  // a copy of the request arrives again, much later, behind others
  int cut_percent = 0;   // the reply breaks off in the middle
  std::int64_t delay_most_ms = 0;
};

// What lies between one agent and the hub.
class SimulatedNetwork : public http::HubTransport {
 public:
  SimulatedNetwork(SimulatedHub& hub, std::string terminal_id, FakeClock& clock, Dice& dice)
      : hub_(hub), terminal_id_(std::move(terminal_id)), clock_(clock), dice_(dice) {}
  Result<http::HttpReply> post(const std::string& path, ByteView body, long timeout_ms) override;
  void deliver_late_ones();

  NetworkMood mood;
  std::function<bool()> sender_alive;                   // its power may go while it waits
  std::function<void(const std::string&)> before_send;  // for the planted mistakes
  std::function<void()> while_waiting;                  // the terminal goes on meanwhile

 private:
  std::optional<http::HttpReply> deliver(const std::string& path, const Bytes& body);
  struct Late {
    std::string path;
    Bytes body;
  };
  SimulatedHub& hub_;
  std::string terminal_id_;
  FakeClock& clock_;
  Dice& dice_;
  std::deque<Late> late_;
};

// The machine of one terminal: its two programs, each with the journal open for itself.
class SimulatedTerminal {
 public:
  SimulatedTerminal(const World& world, int index, SimulatedHub& hub, FakeClock& clock, Dice& dice,
                    Planted planted);
  bool on() const { return writer_journal_ != nullptr; }
  std::string boot();  // as the hub's
  void power_cut(std::uint64_t seed);
  void restart_terminal();
  void restart_agent();

  Result<store::Saved> save(const record::CaseRecord& record);
  store::Asks& asks() { return *asks_; }
  agent::Agent& agent() { return *agent_; }
  store::Journal& journal() { return *writer_journal_; }
  store::Outbox& outbox() { return *outbox_; }
  const store::Enrolment& enrolment() const { return enrolment_; }
  CrashDisk& disk() { return vfs_->disk(); }
  const char* vfs_name() const { return vfs_->name(); }
  void replace_disk(CrashDisk disk);  // it has to be off
  SimulatedNetwork network;

 private:
  void stop();
  const store::Enrolment& enrolment_;
  FakeClock& clock_;
  Dice& dice_;
  Planted planted_;
  QuietLog log_;
  std::unique_ptr<CrashVfs> vfs_;
  std::unique_ptr<store::Journal> writer_journal_;
  std::unique_ptr<store::RecordWriter> writer_;
  std::unique_ptr<store::Asks> asks_;
  std::unique_ptr<store::Journal> agent_journal_;
  std::unique_ptr<store::Outbox> outbox_;
  std::unique_ptr<agent::Agent> agent_;
};

constexpr const char* simulated_journal = "terminal/journal.db";

}  // namespace bianmin::test
