// How long and how much. Tests take shorter ones.
#pragma once

#include "sync/hub/web/connection_book.hpp"
#include "sync/hub/web/http_connection.hpp"

namespace bianmin::hub {

constexpr std::int64_t handshake_timeout_ms = 10'000;  // the whole of it
constexpr std::int64_t idle_timeout_ms = 300'000;      // without a request, whatever else comes
constexpr std::int64_t unread_timeout_ms = 30'000;     // the peer takes nothing of what it is sent
constexpr std::int64_t linger_ms = 1'000;              // for the peer to read the last answer
constexpr std::int64_t drain_timeout_ms = 5'000;       // then the rest is cut
constexpr std::int64_t goaway_pause_ms = 250;  // between the two steps of the end: more than a round trip
// A peer that is gone without a word is found by TCP: after so long a silence it is asked, and then
// every keepalive_interval_s; and nothing that is sent may stay unacknowledged for longer than that.
constexpr int keepalive_after_s = 60;
constexpr int keepalive_interval_s = 15;
constexpr int keepalive_probes = 4;
constexpr unsigned unacknowledged_ms = 60'000;

struct ServerLimits {
  ConnectionLimits connections = {};
  RequestPace pace = {};
  std::int64_t handshake_ms = handshake_timeout_ms;
  std::int64_t idle_ms = idle_timeout_ms;
  std::int64_t unread_ms = unread_timeout_ms;
  std::int64_t drain_ms = drain_timeout_ms;
  int keepalive_after_s = hub::keepalive_after_s;
};

}  // namespace bianmin::hub
