// One HTTP/2 connection of the server, without sockets: bytes in, bytes out (RFC 9113, by nghttp2).
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "sync/hub/service.hpp"

struct nghttp2_session;

namespace bianmin::hub {

constexpr std::uint32_t concurrent_streams_max = 64;
constexpr std::size_t header_size_max = 4096;
constexpr std::int32_t connection_window_bytes = 1 << 20;  // a stream's is 64 KiB

// Thread-bound. Nothing blocks but the handler.
class Http2Connection {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  Http2Connection(std::string terminal_id, Handler handler);
  ~Http2Connection();
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  // Calls the handler for each request that is complete. Error "hub.bad_http2": send outgoing() and close.
  Result<void> receive(ByteView from_peer);
  Bytes outgoing();
  bool finished() const;  // nothing more will be read or written

 private:
  struct Stream {
    HttpRequest request;
    HttpResponse response;
    std::size_t sent = 0;
    std::size_t header_size = 0;
    bool too_large = false;
    bool answered = false;
  };
  struct Callbacks;
  void respond(std::int32_t stream_id, Stream& stream);

  std::string terminal_id_;
  Handler handler_;
  std::map<std::int32_t, Stream> streams_;
  nghttp2_session* session_ = nullptr;
};

}  // namespace bianmin::hub
