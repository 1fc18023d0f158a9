#include "sync/hub/server.hpp"

#include <array>
#include <asio.hpp>
#include <csignal>

#include "sync/hub/http2_connection.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::hub {

using asio::ip::tcp;

struct Server::Parts {
  Parts(seal::TlsContext context, HubService& hub, Log& to)
      : tls(std::move(context)), service(hub), log(to) {}
  seal::TlsContext tls;
  HubService& service;
  Log& log;
  std::size_t connection_count = 0;
  std::uint64_t accepted_count = 0;
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::signal_set signals{io, SIGTERM, SIGINT};
  asio::steady_timer accept_pause{io};
  asio::steady_timer filing{io};
  asio::steady_timer sequencing{io};
};

// Keeps itself alive through its pending operations.
class Server::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Parts& parts, tcp::socket socket)
      : parts_(parts), socket_(std::move(socket)), deadline_(parts.io), tls_(parts.tls) {
    ++parts_.connection_count;
    number_ = ++parts_.accepted_count;
  }
  ~Connection() { --parts_.connection_count; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    std::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    expire_after(handshake_timeout_s);
    read();
  }

 private:
  void expire_after(int seconds) {
    deadline_.expires_after(std::chrono::seconds(seconds));
    deadline_.async_wait([weak = weak_from_this()](std::error_code error) {
      const auto self = weak.lock();
      if (!error && self) self->drop();
    });
  }

  void drop() {
    std::error_code ignored;
    deadline_.cancel();
    socket_.close(ignored);
  }

  void read() {
    socket_.async_read_some(asio::buffer(block_),
                            [self = shared_from_this()](std::error_code error, std::size_t size) {
                              if (error) return self->drop();
                              self->received(ByteView(self->block_).first(size));
                            });
  }

  void received(ByteView bytes) {
    auto plain = tls_.receive(bytes);
    if (!plain) {
      parts_.log.write(LogLevel::info, "hub", "connection-refused", {{"error", plain.error().text()}});
      if (!tls_.expired_peer().empty()) parts_.service.note_expired(tls_.expired_peer());
      return flush(true);
    }
    if (!http2_ && tls_.established()) begin_http2();
    bool ending = tls_.peer_closed();
    if (http2_) {
      if (!plain->empty()) expire_after(idle_timeout_s);
      ending |= !http2_->receive(*plain).ok();
      ending |= !tls_.send(http2_->outgoing()).ok() || http2_->finished();
    }
    if (ending) tls_.close();
    flush(ending);
    if (!ending) read();
  }

  void begin_http2() {
    expire_after(idle_timeout_s);
    parts_.log.write(LogLevel::info, "hub", "connected",
                     {{"terminal", tls_.peer_name()}, {"connection", std::to_string(number_)}});
    http2_ = std::make_unique<Http2Connection>(tls_.peer_name(), [this](HttpRequest request) {
      request.connection = number_;
      return parts_.service.handle(request);
    });
  }

  // Sends what is due, one write at a time; closes when all is out and `close_after` was ever true.
  void flush(bool close_after) {
    closing_ |= close_after;
    append(unsent_, tls_.outgoing());
    if (unsent_.size() > unsent_bytes_max) return drop();
    if (writing_) return;
    if (unsent_.empty()) {
      if (closing_) drop();
      return;
    }
    writing_ = true;
    being_sent_ = std::exchange(unsent_, {});
    asio::async_write(socket_, asio::buffer(being_sent_),
                      [self = shared_from_this()](std::error_code error, std::size_t) {
                        self->writing_ = false;
                        if (error) return self->drop();
                        self->flush(false);
                      });
  }

  Parts& parts_;
  tcp::socket socket_;
  asio::steady_timer deadline_;
  seal::TlsSession tls_;
  std::unique_ptr<Http2Connection> http2_;
  std::uint64_t number_ = 0;
  std::array<std::uint8_t, 16 * 1024> block_{};
  Bytes unsent_;
  Bytes being_sent_;
  bool writing_ = false;
  bool closing_ = false;
};

Server::Server(seal::TlsContext tls, HubService& service, Log& log)
    : parts_(std::make_unique<Parts>(std::move(tls), service, log)) {}

Server::~Server() = default;

Result<int> Server::listen(const std::string& address) {
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
  tcp::acceptor& acceptor = parts_->acceptor;
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return Error{Remedy::call_staff, "hub.cannot_listen", address + ": " + error.message()};
  return static_cast<int>(acceptor.local_endpoint(error).port());
}

void Server::accept_next() {
  parts_->acceptor.async_accept([this](std::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error && parts_->connection_count < connections_max) {
      std::make_shared<Connection>(*parts_, std::move(socket))->start();
    }
    if (!error) return accept_next();
    // Out of descriptors, most likely: pause instead of spinning.
    parts_->log.write(LogLevel::warning, "hub", "accept-failed", {{"error", error.message()}});
    parts_->accept_pause.expires_after(std::chrono::milliseconds(100));
    parts_->accept_pause.async_wait([this](std::error_code stopped) {
      if (!stopped) accept_next();
    });
  });
}

void Server::resume_later() {
  parts_->filing.expires_after(std::chrono::seconds(resume_interval_s));
  parts_->filing.async_wait([this](std::error_code stopped) {
    if (stopped) return;
    parts_->service.resume();
    resume_later();
  });
}

void Server::sequence_later(int pause_s) {
  parts_->sequencing.expires_after(std::chrono::seconds(pause_s));
  parts_->sequencing.async_wait([this](std::error_code stopped) {
    if (stopped) return;
    const bool more = parts_->service.sequence();
    sequence_later(more ? 0 : sequence_interval_s);
  });
}

void Server::run() {
  parts_->signals.async_wait([this](std::error_code error, int) {
    if (!error) parts_->io.stop();
  });
  accept_next();
  resume_later();
  sequence_later(sequence_interval_s);
  parts_->io.run();
}

}  // namespace bianmin::hub
