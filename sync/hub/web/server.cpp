#include "sync/hub/web/server.hpp"

#include <chrono>
#include <csignal>
#include <unordered_map>

#include "sync/hub/service/gathering.hpp"
#include "sync/hub/web/listener.hpp"
#include "sync/hub/web/socket_connection.hpp"

namespace bianmin::hub {

using asio::ip::tcp;

namespace {

std::string address_of(const tcp::socket& socket) {
  std::error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error) return {};
  if (address.is_v4()) return address_key(address.to_v4().to_bytes());
  return address_key(address.to_v6().to_bytes());
}

}  // namespace

struct Server::Parts {
  Parts(ServerParts lent, const ServerLimits& chosen);

  void accept(tcp::socket socket);
  void accept_operator(tcp::socket socket);
  void open(ConnectionRoom& room, tcp::socket socket, std::uint64_t number);
  void close(std::uint64_t number);
  void name(std::uint64_t number, const std::string& terminal);
  void handle(HttpRequest request, Answer answer);
  void look_later();
  void look();
  void look_for_denied();
  void resume_later();
  void sequence_later(int pause_s);
  void wait_for_signal();
  void drain();
  void end();
  void finish_when_empty(std::int64_t until_ms);

  ServerParts hub;
  ServerLimits limits;
  ConnectionRoom terminals{limits, hub.clock, hub.log, hub.metrics, &hub.tls};
  ConnectionRoom operators{limits, hub.clock, hub.log, hub.metrics};
  ConnectionBook book{limits.connections};
  ConnectionBook operator_book{{operator_connections_max, operator_connections_max, 0}};
  std::uint64_t accepted_count = 0;
  std::int64_t denials_at_ms = 0;  // steady
  bool denials_failed = false;
  asio::io_context io{1};
  std::unordered_map<std::uint64_t, std::shared_ptr<SocketConnection>> connections;
  Listener terminal_port{io};
  Listener operator_port{io};
  asio::signal_set signals{io, SIGTERM, SIGINT};
  Gathering gathering{hub.service, hub.metrics,
                      [this](std::function<void()> work) { asio::post(io, std::move(work)); }};
  asio::steady_timer looking{io};
  asio::steady_timer filing{io};
  asio::steady_timer sequencing{io};
  asio::steady_timer draining{io};
};

Server::Parts::Parts(ServerParts lent, const ServerLimits& chosen) : hub(std::move(lent)), limits(chosen) {
  terminals.handle = [this](HttpRequest request, Answer answer) {
    handle(std::move(request), std::move(answer));
  };
  terminals.named = [this](std::uint64_t number, const std::string& terminal) { name(number, terminal); };
  terminals.closed = [this](std::uint64_t number) { close(number); };
  terminals.expired = [this](const std::string& terminal) { hub.service.note_expired(terminal); };
  operators.handle = [this](const HttpRequest& request, const Answer& answer) {
    answer(hub.desk.handle(request));
  };
  operators.closed = [this](std::uint64_t number) { close(number); };
}

void Server::Parts::accept(tcp::socket socket) {
  const std::string address = address_of(socket);
  if (const auto reason = book.refuses(address)) {
    return hub.metrics.add(metric::connections_refused, {*reason});  // the socket closes
  }
  hub.metrics.add(metric::connections_accepted, {"terminals"});
  const std::uint64_t number = ++accepted_count;
  book.opened(number, address);
  open(terminals, std::move(socket), number);
}

void Server::Parts::accept_operator(tcp::socket socket) {
  const std::string address = address_of(socket);
  if (operator_book.refuses(address)) return hub.metrics.add(metric::connections_refused, {"operators"});
  hub.metrics.add(metric::connections_accepted, {"operators"});
  const std::uint64_t number = ++accepted_count;
  operator_book.opened(number, address);
  open(operators, std::move(socket), number);
}

void Server::Parts::open(ConnectionRoom& room, tcp::socket socket, std::uint64_t number) {
  auto connection = std::make_shared<SocketConnection>(room, std::move(socket), number);
  connections[number] = connection;
  connection->start();
}

// From inside the connection: it goes when it has returned.
void Server::Parts::close(std::uint64_t number) {
  book.closed(number);
  operator_book.closed(number);
  asio::post(io, [this, number] { connections.erase(number); });
}

void Server::Parts::name(std::uint64_t number, const std::string& terminal) {
  const auto oldest = book.named(number, terminal);
  if (!oldest) return;
  const auto found = connections.find(*oldest);
  if (found != connections.end()) found->second->cut("superseded");
}

void Server::Parts::handle(HttpRequest request, Answer answer) {
  const auto began = std::chrono::steady_clock::now();
  const std::string_view path = path_label(request.path);
  gathering.handle(std::move(request), [this, began, path, give = std::move(answer)](HttpResponse response) {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    hub.metrics.add(metric::requests, {path, std::to_string(response.status)});
    hub.metrics.observe(metric::request_seconds, {path}, taken.count());
    give(std::move(response));
  });
}

void Server::Parts::look_later() {
  looking.expires_after(std::chrono::milliseconds(sweep_ms));
  looking.async_wait([this](std::error_code stopped) {
    if (stopped) return;
    look();
    look_later();
  });
}

void Server::Parts::look() {
  look_for_denied();
  for (const auto& [number, connection] : connections) {
    if (!hub.denials.empty() && hub.denials.contains(connection->terminal())) connection->cut("denied");
    connection->look();
  }
  hub.metrics.set(metric::connections_open, {}, static_cast<double>(book.count()));
  hub.metrics.add(metric::received_bytes, {},
                  static_cast<double>(std::exchange(terminals.received_bytes, 0)));
  hub.metrics.add(metric::sent_bytes, {}, static_cast<double>(std::exchange(terminals.sent_bytes, 0)));
}

void Server::Parts::look_for_denied() {
  const std::int64_t now_ms = hub.clock.steady_ms();
  if (now_ms < denials_at_ms) return;
  const auto looked = hub.denials.look();
  if (!looked && !std::exchange(denials_failed, true))
    hub.log.error("hub", "denials-unknown", looked.error());
  if (looked) denials_failed = false;
  denials_at_ms = hub.clock.steady_ms() + (looked ? denials_look_ms : denials_retry_ms);
}

void Server::Parts::resume_later() {
  filing.expires_after(std::chrono::seconds(resume_interval_s));
  filing.async_wait([this](std::error_code stopped) {
    if (stopped) return;
    hub.service.resume();
    resume_later();
  });
}

void Server::Parts::sequence_later(int pause_s) {
  sequencing.expires_after(std::chrono::seconds(pause_s));
  sequencing.async_wait([this](std::error_code stopped) {
    if (stopped) return;
    const bool more = hub.service.sequence();
    sequence_later(more ? 0 : sequence_interval_s);
  });
}

void Server::Parts::wait_for_signal() {
  signals.async_wait([this](std::error_code error, int) {
    if (error) return;
    if (hub.readiness.draining()) return io.stop();
    drain();
    wait_for_signal();
  });
}

void Server::Parts::drain() {
  hub.readiness.drain();
  hub.log.write(LogLevel::info, "hub", "draining", {{"connections", std::to_string(book.count())}});
  terminal_port.close();
  terminals.stage = Stage::announced;
  for (const auto& [number, connection] : connections) {
    if (!operator_book.has(number)) connection->announce_end();
  }
  const std::int64_t until_ms = hub.clock.steady_ms() + limits.drain_ms;
  draining.expires_after(std::chrono::milliseconds(book.count() == 0 ? 0 : goaway_pause_ms));
  draining.async_wait([this, until_ms](std::error_code stopped) {
    if (stopped) return;
    end();
    finish_when_empty(until_ms);
  });
}

void Server::Parts::end() {
  terminals.stage = Stage::ending;
  for (const auto& [number, connection] : connections) {
    if (!operator_book.has(number)) connection->end();
  }
}

void Server::Parts::finish_when_empty(std::int64_t until_ms) {
  const bool late = hub.clock.steady_ms() >= until_ms;
  if (late) {
    hub.log.write(LogLevel::warning, "hub", "drain-cut", {{"connections", std::to_string(book.count())}});
  }
  if (late || (book.count() == 0 && gathering.empty())) return io.stop();
  draining.expires_after(std::chrono::milliseconds(drain_look_ms));
  draining.async_wait([this, until_ms](std::error_code stopped) {
    if (!stopped) finish_when_empty(until_ms);
  });
}

Server::Server(ServerParts parts, const ServerLimits& limits)
    : parts_(std::make_unique<Parts>(std::move(parts), limits)) {}

Server::~Server() = default;

Result<int> Server::listen(const std::string& address) { return parts_->terminal_port.open(address); }

Result<int> Server::listen_operators(const std::string& address) {
  return parts_->operator_port.open(address);
}

void Server::run() {
  const auto failed = [this](const std::string& why) {
    parts_->hub.log.write(LogLevel::warning, "hub", "accept-failed", {{"error", why}});
  };
  parts_->terminal_port.start([this](tcp::socket socket) { parts_->accept(std::move(socket)); }, failed);
  if (parts_->operator_port.is_open()) {
    parts_->operator_port.start([this](tcp::socket socket) { parts_->accept_operator(std::move(socket)); },
                                failed);
  }
  parts_->wait_for_signal();
  parts_->look_later();
  parts_->resume_later();
  parts_->sequence_later(sequence_interval_s);
  parts_->io.run();
}

void Server::stop() {
  asio::post(parts_->io, [this] {
    if (!parts_->hub.readiness.draining()) parts_->drain();
  });
}

}  // namespace bianmin::hub
