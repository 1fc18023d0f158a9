// The hub on a socket: TLS 1.3 with client certificates, HTTP/2.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sync/hub/service.hpp"
#include "sync/seal/tls.hpp"

namespace bianmin::hub {

constexpr int handshake_timeout_s = 10;
constexpr int idle_timeout_s = 300;
constexpr std::size_t connections_max = 20'000;
constexpr std::size_t unsent_bytes_max = 4U << 20U;  // a peer that does not read is let go

// Thread-bound: all connections live on the thread that calls run().
class Server {
 public:
  Server(seal::TlsContext tls, HubService& service, Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "127.0.0.1:8443", "[::1]:0"; port 0 takes a free one. Returns the port.
  // Errors "hub.bad_address" (refuse), "hub.cannot_listen" (call staff).
  Result<int> listen(const std::string& address);
  void run();  // until SIGTERM or SIGINT

 private:
  class Connection;
  struct Parts;
  void accept_next();
  void resume_later();
  void sequence_later(int pause_s);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bianmin::hub
