// Mosquitto, the peer of the journal: its broker, and a client of its own library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include "terminal/base/bytes.hpp"
#include "tests/piped_process.hpp"

struct mosquitto;

namespace bianmin::bench {

enum class Durability {
  standard,  // persistence on, and everything else as the package has it: saved every 30 minutes and at the
             // end
  durable,   // saved after every change, the most that it can do
};

// A broker over one folder, without a limit to its queues. Its messages live as long as the folder.
class Broker {
 public:
  explicit Broker(std::filesystem::path folder);
  void start(Durability durability);
  void stop();  // SIGTERM: it saves its queues
  void kill();  // SIGKILL
  int port() const { return port_; }

 private:
  std::filesystem::path folder_;
  int port_ = 0;
  test::Process process_;
};

// One connection, driven by the caller's thread. Ends the bench when the broker does not answer.
class MqttClient {
 public:
  // `lasting`: the broker keeps its session, and what was sent to it, while it is away.
  MqttClient(const Broker& broker, const std::string& id, int qos, bool lasting);
  ~MqttClient();
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  void subscribe();
  // Sends message `number`, padded to `byte_count`; returns when fewer than `window` are unacknowledged.
  void publish(std::uint64_t number, std::size_t byte_count, int window = 1);
  void wait_until_acknowledged();
  void turn(int timeout_ms);  // reads and writes what is there

  std::uint64_t acknowledged() const { return acknowledged_; }
  const std::set<std::uint64_t>& received() const { return received_; }

 private:
  static void on_connect(mosquitto*, void* self, int code);
  static void on_subscribe(mosquitto*, void* self, int id, int count, const int* granted);
  static void on_publish(mosquitto*, void* self, int id);

  mosquitto* handle_;
  int qos_;
  bool connected_ = false;
  bool subscribed_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::set<std::uint64_t> received_;
  friend struct MqttCallbacks;
};

}  // namespace bianmin::bench
