#include "sync/hub/web/listener.hpp"

#include "terminal/base/config.hpp"

namespace bianmin::hub {

using asio::ip::tcp;

Result<int> Listener::open(const std::string& address) {
  const Error bad{Remedy::refuse, "hub.bad_address", address + " is not ADDRESS:PORT"};
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return bad;
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  auto port = parse_number(address.substr(colon + 1), 0, 65535);
  std::error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error || !port) return bad;
  const tcp::endpoint endpoint(ip, static_cast<std::uint16_t>(*port));
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return Error{Remedy::call_staff, "hub.cannot_listen", address + ": " + error.message()};
  return static_cast<int>(acceptor_.local_endpoint(error).port());
}

void Listener::start(OnSocket on_socket, OnFailure on_failure) {
  on_socket_ = std::move(on_socket);
  on_failure_ = std::move(on_failure);
  accept_next();
}

void Listener::close() {
  std::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::accept_next() {
  acceptor_.async_accept([this](std::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      on_socket_(std::move(socket));
      return accept_next();
    }
    on_failure_(error.message());
    pause_.expires_after(std::chrono::milliseconds(accept_pause_ms));
    pause_.async_wait([this](std::error_code stopped) {
      if (!stopped) accept_next();
    });
  });
}

}  // namespace bianmin::hub
