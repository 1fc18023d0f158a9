// One HTTP connection of the server, without sockets: bytes in, bytes out. Implementations: Http1Connection,
// Http2Connection.
#pragma once

#include <functional>

#include "sync/hub/service/service.hpp"

namespace bianmin::hub {

constexpr std::size_t header_size_max = 4096;  // names and values of one request
// A request has to be whole, and its answer taken, within request_time_base_ms and what its bytes may take at
// request_bytes_per_s: half of the slowest line that an agent sends on.
constexpr std::int64_t request_time_base_ms = 30'000;
constexpr std::int64_t request_bytes_per_s = 1'024;

struct RequestPace {
  std::int64_t base_ms = request_time_base_ms;
  std::int64_t bytes_per_s = request_bytes_per_s;
  std::int64_t allowed_ms(std::size_t bytes) const {
    return base_ms + static_cast<std::int64_t>(bytes) * 1'000 / bytes_per_s;
  }
};

// What a connection calls.
struct HttpCalls {
  // A request that is whole. Its answer may be given when the connection is no more.
  std::function<void(HttpRequest, Answer)> handle;
  std::function<void(std::string_view code)> refused =
      {};  // one that the connection answered itself; may be null
};

// Thread-bound. Nothing blocks but the handler. There is more to send after receive(), and after an answer.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  // Has each request that is complete handled. Error: send outgoing() and close.
  virtual Result<void> receive(ByteView from_peer) = 0;
  // False: it has to answer first. Whoever brings more nevertheless has it kept for later.
  virtual bool reads_on() const = 0;
  virtual Bytes outgoing() = 0;
  virtual bool finished() const = 0;  // nothing more will be read or written
  virtual bool busy() const = 0;     // a request is on its way in, with the handler, or its answer on its way
  virtual bool owes() const = 0;     // the handler has a request, and has not answered
  virtual bool overdue() const = 0;  // the peer takes longer over one than its pace allows
  // The end in two steps, so that no request is lost on its way: first the peer is asked to send no more,
  // then no more is taken. What is under way is finished in both.
  virtual void announce_end() = 0;
  virtual void end() = 0;
};

}  // namespace bianmin::hub
