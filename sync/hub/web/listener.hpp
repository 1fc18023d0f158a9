// A port that takes connections.
#pragma once

#include <asio.hpp>
#include <functional>
#include <string>

#include "terminal/base/result.hpp"

namespace bianmin::hub {

constexpr int accept_pause_ms = 100;  // out of descriptors, most likely: no spinning

// Thread-bound: lives on the loop of `io`.
class Listener {
 public:
  using OnSocket = std::function<void(asio::ip::tcp::socket)>;
  using OnFailure = std::function<void(const std::string&)>;
  explicit Listener(asio::io_context& io) : acceptor_(io), pause_(io) {}

  // "127.0.0.1:8443", "[::1]:0"; port 0 takes a free one. Returns the port. Errors "hub.bad_address"
  // (refuse), "hub.cannot_listen" (call staff).
  Result<int> open(const std::string& address);
  void start(OnSocket on_socket, OnFailure on_failure);
  void close();  // takes no more
  bool is_open() const { return acceptor_.is_open(); }

 private:
  void accept_next();
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  OnSocket on_socket_;
  OnFailure on_failure_;
};

}  // namespace bianmin::hub
