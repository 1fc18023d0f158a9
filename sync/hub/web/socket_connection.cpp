#include "sync/hub/web/socket_connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "sync/hub/web/http1_connection.hpp"
#include "sync/hub/web/http2_connection.hpp"

namespace bianmin::hub {

using asio::ip::tcp;

SocketConnection::SocketConnection(ConnectionRoom& room, tcp::socket socket, std::uint64_t number)
    : room_(room),
      socket_(std::move(socket)),
      number_(number),
      quiet_since_ms_(room.clock.steady_ms()),
      progress_ms_(quiet_since_ms_) {
  if (room_.tls != nullptr) tls_ = std::make_unique<seal::TlsSession>(*room_.tls);
}

void SocketConnection::start() {
  set_options();
  if (!tls_) begin_http();
  wait_readable();
}

void SocketConnection::set_options() {
  std::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto set = [&](int name, int value) {
    (void)::setsockopt(socket_.native_handle(), IPPROTO_TCP, name, &value, sizeof value);
  };
  set(TCP_KEEPIDLE, room_.limits.keepalive_after_s);
  set(TCP_KEEPINTVL, keepalive_interval_s);
  set(TCP_KEEPCNT, keepalive_probes);
  set(TCP_USER_TIMEOUT, static_cast<int>(unacknowledged_ms));
}

void SocketConnection::wait_readable() {
  if (dropped_ || waiting_to_read_ || !reads_on()) return;
  waiting_to_read_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](std::error_code error) {
    self->waiting_to_read_ = false;
    if (self->dropped_) return;
    if (error) return self->drop();
    self->read();
  });
}

void SocketConnection::read() {
  for (int turn = 0; turn < reads_in_turn_max && !dropped_ && reads_on(); ++turn) {
    std::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(room_.block), error);
    if (error == asio::error::would_block) break;
    if (error) {
      // It may have closed its half alone and still wait for an answer.
      peer_done_ = true;
      if (error == asio::error::eof && owes()) return;  // answered() goes on
      if (error != asio::error::eof || unsent_.empty() || lingering_) return drop();
      return close(false);
    }
    room_.received_bytes += size;
    received(ByteView(room_.block).first(size));
    if (size < room_.block.size()) break;
  }
  wait_readable();
}

void SocketConnection::received(ByteView bytes) {
  if (closing_) return;  // read so that the peer sees the answer and no reset
  if (!tls_) return take(bytes);
  auto plain = tls_->receive(bytes);
  if (!plain) return refuse_handshake(plain.error());
  if (!http_ && tls_->established()) begin_http();
  take(*plain);
}

void SocketConnection::refuse_handshake(const Error& error) {
  room_.log.write(LogLevel::info, "hub", "connection-refused",
                  {{"connection", std::to_string(number_)}, {"error", error.text()}});
  const std::string& expired = tls_->expired_peer();
  if (!http_) room_.metrics.add(metric::handshake_failures, {expired.empty() ? "failed" : "expired"});
  if (!expired.empty() && room_.expired) room_.expired(expired);
  close(true);
}

void SocketConnection::begin_http() {
  quiet_since_ms_ = room_.clock.steady_ms();
  HttpCalls calls;
  calls.handle = [this](HttpRequest request, Answer answer) {
    handle(std::move(request), std::move(answer));
  };
  calls.refused = [this](std::string_view code) {
    room_.metrics.add(metric::http_refusals, {code});
    room_.log.write(
        LogLevel::info, "hub", "bad-request",
        {{"terminal", terminal_}, {"connection", std::to_string(number_)}, {"code", std::string(code)}});
  };
  const std::string protocol = tls_ ? tls_->protocol() : std::string();
  if (tls_) {
    terminal_ = tls_->peer_name();
    until_utc_ms_ = tls_->peer_until_utc_ms();
    room_.log.write(LogLevel::info, "hub", "connected",
                    {{"terminal", terminal_},
                     {"connection", std::to_string(number_)},
                     {"protocol", protocol == "h2" ? protocol : "http/1.1"}});
  }
  if (protocol == "h2") {
    http_ = std::make_unique<Http2Connection>(terminal_, std::move(calls), room_.clock, room_.limits.pace);
  } else {
    http_ = std::make_unique<Http1Connection>(terminal_, std::move(calls), room_.clock, room_.limits.pace);
  }
  if (room_.stage != Stage::serving) http_->announce_end();
  if (room_.stage == Stage::ending) http_->end();
  if (room_.named) room_.named(number_, terminal_);
}

void SocketConnection::handle(HttpRequest request, Answer answer) {
  request.connection = number_;
  room_.handle(std::move(request),
               [self = weak_from_this(), give = std::move(answer)](HttpResponse response) {
                 give(std::move(response));
                 if (const auto there = self.lock()) there->answered();
               });
}

void SocketConnection::answered() {
  quiet_since_ms_ = room_.clock.steady_ms();
  if (taking_ || dropped_ || closing_) return;
  go_on(false);
  wait_readable();
}

void SocketConnection::take(ByteView plain) {
  bool broken = false;
  if (http_ && !closing_) {
    taking_ = true;
    broken = !http_->receive(plain).ok();
    taking_ = false;
  }
  go_on(broken);
}

void SocketConnection::go_on(bool broken) {
  bool ending = broken;
  if (http_ && !closing_) {
    send_http();
    ending |= http_->finished();
  }
  ending |= tls_ && tls_->peer_closed() && !owes();
  if (ending) return close(true);
  if (peer_done_ && !owes()) return close(false);
  flush();
}

void SocketConnection::send_http() {
  const Bytes out = http_->outgoing();
  if (!tls_) return append(unsent_, out);
  (void)tls_->send(out);  // it fails only behind the end
}

void SocketConnection::flush() {
  if (dropped_) return;
  if (!waiting_to_write_) progress_ms_ = room_.clock.steady_ms();
  if (tls_) append(unsent_, tls_->outgoing());
  if (unsent_.size() - sent_ > unsent_bytes_max) return cut("unread");
  while (sent_ < unsent_.size()) {
    std::error_code error;
    const auto rest = ByteView(unsent_).subspan(sent_);
    const std::size_t size = socket_.write_some(asio::buffer(rest.data(), rest.size()), error);
    if (error == asio::error::would_block) return wait_writable();
    if (error) return drop();
    sent_ += size;
    room_.sent_bytes += size;
    progress_ms_ = room_.clock.steady_ms();
  }
  unsent_ = {};
  sent_ = 0;
  if (closing_) all_sent();
}

void SocketConnection::wait_writable() {
  if (waiting_to_write_) return;
  waiting_to_write_ = true;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](std::error_code error) {
    self->waiting_to_write_ = false;
    if (self->dropped_) return;
    if (error) return self->drop();
    self->flush();
  });
}

void SocketConnection::close(bool linger) {
  if (dropped_) return;
  if (!closing_) {
    closing_ = true;
    lingers_ = linger;
    if (tls_) tls_->close();
  }
  lingers_ &= linger;
  flush();
}

void SocketConnection::all_sent() {
  if (!lingers_ || peer_done_) return drop();
  if (lingering_) return;
  std::error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error) return drop();
  lingering_ = true;
  progress_ms_ = room_.clock.steady_ms();
}

void SocketConnection::drop() {
  if (std::exchange(dropped_, true)) return;
  std::error_code ignored;
  socket_.close(ignored);
  room_.closed(number_);
}

void SocketConnection::cut(std::string_view reason) {
  if (dropped_) return;
  room_.metrics.add(metric::connections_cut, {reason});
  if (!http_) room_.metrics.add(metric::handshake_failures, {"timeout"});
  room_.log.write(
      LogLevel::info, "hub", "connection-cut",
      {{"terminal", terminal_}, {"connection", std::to_string(number_)}, {"reason", std::string(reason)}});
  if (reason == "unread" || closing_) return drop();
  if (http_) {
    http_->end();
    send_http();
  }
  close(false);
}

std::optional<std::string_view> SocketConnection::too_late() const {
  const std::int64_t now_ms = room_.clock.steady_ms();
  if (!http_) {
    if (now_ms - quiet_since_ms_ > room_.limits.handshake_ms) return "handshake";
    return std::nullopt;
  }
  if (!unsent_.empty() && now_ms - progress_ms_ > room_.limits.unread_ms) return "unread";
  if (room_.clock.utc_ms() >= until_utc_ms_) return "expired";
  if (http_->overdue()) return "slow_request";
  if (!http_->busy() && unsent_.empty() && now_ms - quiet_since_ms_ > room_.limits.idle_ms) return "idle";
  return std::nullopt;
}

void SocketConnection::look() {
  if (dropped_) return;
  if (!closing_) {
    if (const auto reason = too_late()) cut(*reason);
    return;
  }
  const std::int64_t patience_ms = lingering_ ? linger_ms : lingers_ ? room_.limits.unread_ms : linger_ms;
  if (room_.clock.steady_ms() - progress_ms_ > patience_ms) drop();
}

void SocketConnection::announce_end() {
  if (!http_ || closing_) return;
  http_->announce_end();
  send_http();
  flush();
}

void SocketConnection::end() {
  if (closing_) return;
  if (!http_) return drop();
  http_->end();
  send_http();
  if (http_->finished()) return close(true);
  flush();
}

}  // namespace bianmin::hub
