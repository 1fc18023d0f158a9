// HTTP/2 (RFC 9113), by nghttp2.
#pragma once

#include <map>
#include <memory>

#include "sync/hub/web/flood_meter.hpp"
#include "sync/hub/web/http_connection.hpp"

struct nghttp2_session;

namespace bianmin::hub {

constexpr std::uint32_t concurrent_streams_max = 64;
constexpr std::int32_t connection_window_bytes = 1 << 20;  // a stream's is 64 KiB

// Thread-bound. A head beyond header_size_max resets its stream; a body beyond request_body_size_max is
// answered 413.
class Http2Connection : public HttpConnection {
 public:
  Http2Connection(std::string terminal_id, HttpCalls calls, const Clock& clock, const RequestPace& pace = {});
  ~Http2Connection() override;
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  // Errors: "hub.bad_http2"; "hub.http2_flood": more than flood_meter.hpp lets pass, the peer is told
  // ENHANCE_YOUR_CALM.
  Result<void> receive(ByteView from_peer) override;
  bool reads_on() const override {
    return true;
  }  // flow control and concurrent_streams_max keep it in bounds
  Bytes outgoing() override;
  bool finished() const override;
  bool busy() const override { return !streams_.empty(); }
  bool owes() const override;
  bool overdue() const override;
  void announce_end() override;
  void end() override;

 private:
  enum class Step { receiving, asked, answered };
  struct Stream {
    HttpRequest request;
    HttpResponse response;
    std::string traceparent;
    int traceparent_count = 0;
    std::size_t sent = 0;
    std::size_t header_size = 0;
    std::size_t received = 0;
    std::int64_t began_ms = 0;  // steady; later by what the handler has taken
    std::int64_t asked_ms = 0;
    Step step = Step::receiving;
  };
  struct Callbacks;
  void refuse_size(std::int32_t stream_id, Stream& stream);
  void ask(std::int32_t stream_id, Stream& stream);
  void answer(std::int32_t stream_id, HttpResponse response);
  void send(std::int32_t stream_id, Stream& stream, HttpResponse response);
  Error too_much();

  std::string terminal_id_;
  HttpCalls calls_;
  const Clock& clock_;
  RequestPace pace_;
  FloodMeter flood_;
  bool flooded_ = false;
  std::map<std::int32_t, Stream> streams_;
  nghttp2_session* session_ = nullptr;
  std::shared_ptr<Http2Connection*> self_ = std::make_shared<Http2Connection*>(this);  // for late answers
};

}  // namespace bianmin::hub
