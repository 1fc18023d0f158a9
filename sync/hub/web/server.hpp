// The hub on sockets: TLS 1.3 with client certificates and HTTP/2 or HTTP/1.1 for terminals, plain HTTP/1.1
// for operators' programs.
#pragma once

#include <memory>
#include <string>

#include "sync/hub/store/denials.hpp"
#include "sync/hub/web/operators_desk.hpp"
#include "sync/hub/web/server_limits.hpp"
#include "sync/seal/tls.hpp"

namespace bianmin::hub {

constexpr int sweep_ms = 250;  // how often each connection is looked at
constexpr int drain_look_ms = 20;
constexpr std::size_t operator_connections_max = 64;
// How often the database is asked who has been shut out: with a sweep, connections are cut within a second.
constexpr std::int64_t denials_look_ms = 250;
constexpr std::int64_t denials_retry_ms = 5'000;  // when it does not answer, and each look may take long

// Borrowed, but for `tls`.
struct ServerParts {
  seal::TlsContext tls;
  HubService& service;
  Denials& denials;
  Readiness& readiness;
  OperatorsDesk& desk;
  Metrics& metrics;
  const Clock& clock;
  Log& log;
};

// Thread-bound: all connections live on the thread that calls run(). stop() is thread-safe.
class Server {
 public:
  explicit Server(ServerParts parts, const ServerLimits& limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "127.0.0.1:8443", "[::1]:0"; port 0 takes a free one. Returns the port.
  // Errors "hub.bad_address" (refuse), "hub.cannot_listen" (call staff).
  Result<int> listen(const std::string& address);
  Result<int> listen_operators(const std::string& address);

  // Until SIGTERM, SIGINT or stop(). Then takes no new connection, asks the terminals to go elsewhere,
  // finishes what is under way, and returns: after drain_timeout_ms at the latest, or at once at a second
  // signal.
  void run();
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bianmin::hub
