// What a connection that does nothing costs the hub: the growth of its resident memory, shared among them.
#pragma once

#include <sys/types.h>

#include <string>

#include "sync/seal/tls.hpp"

namespace bianmin::bench {

struct IdleCost {
  int connection_count = 0;
  std::int64_t before_bytes = 0;  // resident, with a tenth of the connections there and gone again
  std::int64_t after_bytes = 0;
  double bytes_each() const {
    return static_cast<double>(after_bytes - before_bytes) / static_cast<double>(connection_count);
  }
};

// Opens `count` connections from this process, each with one answered request over `protocol` ("h2" or
// "http/1.1"), and reads what `hub` has in memory while all of them stay open and do nothing. The hub has to
// let so many in
// (--connections, --per-address, --per-terminal). Ends the bench when it does not.
IdleCost measure_idle_connections(pid_t hub, int port, const seal::TlsFiles& terminal,
                                  const std::string& protocol, int count);

}  // namespace bianmin::bench
