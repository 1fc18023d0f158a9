// How the agent reaches the hub. Implementations: CurlTransport.
#pragma once

#include <string>

#include "sync/http/trace_context.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::http {

struct HttpReply {
  int status = 0;
  Bytes body;
};

// Thread-bound.
class HubTransport {
 public:
  virtual ~HubTransport() = default;
  // Any status is a reply. Blocks up to `timeout_ms`. After an error nothing is known: the hub may or
  // may not have got the request. Errors:
  //   "agent.hub_unreachable" (retry later)  no connection, or it broke
  //   "agent.hub_untrusted"   (call staff)   somebody answers who is not our hub
  //   "agent.timeout"         (retry later)
  //   "agent.bad_files"       (call staff)   own certificate or key cannot be used
  virtual Result<HttpReply> post(const std::string& path, ByteView body, long timeout_ms) = 0;
  // The same, and the hub writes in its log that it belongs to `trace`. Who carries no traces ignores it.
  virtual Result<HttpReply> post_traced(const std::string& path, ByteView body, long timeout_ms,
                                        const TraceContext& trace) {
    (void)trace;
    return post(path, body, timeout_ms);
  }
};

}  // namespace bianmin::http
