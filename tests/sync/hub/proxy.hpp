// A TCP relay between agent and hub that breaks connections on command. It sees only TLS: it can lose what
// goes either way, but not change it unnoticed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "terminal/base/files.hpp"

namespace bianmin::test {

class Proxy {
 public:
  explicit Proxy(int to_port);
  ~Proxy();
  int port() const { return port_; }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

  // From now on: close a connection once so many bytes went to the hub / came from it (-1: never).
  void cut_after(std::int64_t to_hub, std::int64_t from_hub) {
    cut_to_hub_ = to_hub;
    cut_from_hub_ = from_hub;
  }
  // From now on: swallow everything the hub says, and keep the connection open.
  void swallow_replies(bool swallow) { swallow_ = swallow; }
  // From now on: so many bytes a second to the hub, and no more than a packet held in between (0: no limit).
  void limit_to_hub(int bytes_per_s) { to_hub_bytes_per_s_ = bytes_per_s; }
  int connection_count() const { return connection_count_; }

 private:
  void run(const std::stop_token& stop);
  void relay(int client, const std::stop_token& stop);
  int to_port_;
  int port_ = 0;
  FileDescriptor listener_;
  std::atomic<std::int64_t> cut_to_hub_ = -1;
  std::atomic<std::int64_t> cut_from_hub_ = -1;
  std::atomic<bool> swallow_ = false;
  std::atomic<int> to_hub_bytes_per_s_ = 0;
  std::atomic<int> connection_count_ = 0;
  std::jthread thread_;
};

}  // namespace bianmin::test
