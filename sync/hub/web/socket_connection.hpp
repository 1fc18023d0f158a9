// One connection on a socket, with TLS or plain, and when it has to go.
#pragma once

#include <array>
#include <asio.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sync/hub/web/http_connection.hpp"
#include "sync/hub/web/server_limits.hpp"
#include "sync/seal/tls.hpp"

namespace bianmin::hub {

constexpr std::size_t unsent_bytes_max = 4U << 20U;  // a peer that does not read is let go
constexpr int reads_in_turn_max = 4;                 // then the others have theirs
constexpr std::size_t read_block_size = 16 * 1024;

enum class Stage { serving, announced, ending };  // of the whole server, before its end

// What the connections of one listener share. Borrows everything; outlives them.
struct ConnectionRoom {
  const ServerLimits& limits;
  const Clock& clock;
  Log& log;
  Metrics& metrics;
  const seal::TlsContext* tls = nullptr;  // null: plain HTTP/1.1
  std::function<void(HttpRequest, Answer)> handle = {};
  std::function<void(std::uint64_t number, const std::string& terminal)> named = {};
  std::function<void(std::uint64_t number)> closed = {};          // called once
  std::function<void(const std::string& terminal)> expired = {};  // refused for its certificate's age
  Stage stage = Stage::serving;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  // What is read is used up before the next read: one block is enough for all.
  std::array<std::uint8_t, read_block_size> block{};
};

// Thread-bound, on the loop of its socket. Its pending operations keep it alive; an answer that it waits for
// does not. Who has said all and only listens gets the answers that are owed. Why it ends stands in the log
// and in bianmin_hub_connections_cut_total: "handshake", "slow_request", "idle", "unread", "expired" (its
// certificate, meanwhile), and what cut() is given.
class SocketConnection : public std::enable_shared_from_this<SocketConnection> {
 public:
  SocketConnection(ConnectionRoom& room, asio::ip::tcp::socket socket, std::uint64_t number);
  SocketConnection(const SocketConnection&) = delete;
  SocketConnection& operator=(const SocketConnection&) = delete;

  void start();
  void look();  // once every sweep_ms: is it too late for something?
  void cut(std::string_view reason);
  void announce_end();
  void end();
  const std::string& terminal() const { return terminal_; }

 private:
  void set_options();
  void wait_readable();
  void read();
  void received(ByteView bytes);
  void take(ByteView plain);
  void go_on(bool broken);
  void begin_http();
  void refuse_handshake(const Error& error);
  void send_http();
  void flush();
  void wait_writable();
  void close(bool linger);
  void all_sent();
  void drop();
  std::optional<std::string_view> too_late() const;
  bool owes() const { return http_ && !closing_ && http_->owes(); }
  bool reads_on() const { return !peer_done_ && (!http_ || closing_ || http_->reads_on()); }
  void handle(HttpRequest request, Answer answer);
  void answered();

  ConnectionRoom& room_;
  asio::ip::tcp::socket socket_;
  std::unique_ptr<seal::TlsSession> tls_;
  std::unique_ptr<HttpConnection> http_;
  std::string terminal_;
  std::uint64_t number_;
  std::int64_t until_utc_ms_ = INT64_MAX;  // of the certificate
  std::int64_t quiet_since_ms_;            // steady: its beginning, or its last request
  std::int64_t progress_ms_;               // something went out, or there was nothing to send
  Bytes unsent_;
  std::size_t sent_ = 0;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
  bool taking_ = false;  // an answer that comes now goes out with the others
  bool closing_ = false;
  bool lingers_ = false;    // when all is sent, lets the peer read it before the connection is gone
  bool lingering_ = false;  // that
  bool peer_done_ = false;
  bool dropped_ = false;
};

}  // namespace bianmin::hub
