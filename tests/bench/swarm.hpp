// Many terminals in one process, as the hub sees them: a TLS connection with a certificate of its own each,
// HTTP/2, requests when they are told to.
#pragma once

#include <array>
#include <asio.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sync/seal/tls.hpp"
#include "terminal/base/bytes.hpp"

struct nghttp2_session;

namespace bianmin::bench {

struct SwarmAnswer {
  int status = 0;  // 0: none; the connection was lost or refused
  Bytes body;
  double latency_us = 0;
};

// Thread-bound, on `io`. Keeps itself alive while it is connected.
class SwarmConnection : public std::enable_shared_from_this<SwarmConnection> {
 public:
  SwarmConnection(asio::io_context& io, const seal::TlsContext& context);
  ~SwarmConnection();
  SwarmConnection(const SwarmConnection&) = delete;
  SwarmConnection& operator=(const SwarmConnection&) = delete;

  // `from`: one of the machine's addresses; a server's port has some 28,000 peers at each. `done` runs once.
  void connect(const asio::ip::tcp::endpoint& server, const asio::ip::address& from,
               std::function<void(bool)> done);
  // `done` runs once.
  void post(const std::string& path, const Bytes& body, std::function<void(SwarmAnswer)> done);
  bool connected() const { return session_ != nullptr; }
  void close();

 private:
  struct Request {
    Bytes body;
    std::size_t sent = 0;
    SwarmAnswer answer;
    std::chrono::steady_clock::time_point began;
    std::function<void(SwarmAnswer)> done;
  };
  struct Callbacks;
  void read();
  void received(ByteView bytes);
  void begin_http();
  void flush();
  void settle(bool open);

  asio::ip::tcp::socket socket_;
  seal::TlsSession tls_;
  nghttp2_session* session_ = nullptr;
  std::function<void(bool)> connected_;
  std::map<std::int32_t, Request> requests_;
  Bytes unsent_;
  Bytes being_sent_;
  bool writing_ = false;
};

}  // namespace bianmin::bench
