// The rest of a code in whose middle a scanner failed: it may still come when the scanner is well again, and
// would look like a whole one.
#pragma once

#include <stop_token>

#include "drivers/usb/channel.hpp"

namespace bianmin::scanner {

// Kept by a driver from one serve() to the next.
class TornCode {
 public:
  void failed(const Error& error) { torn_ = error.code != "usb.gone"; }  // a pulled plug forgets the rest
  // After a failure alone: throws away what comes until nothing came for `quiet_ms`. Blocks for as long as
  // that takes, three seconds at most; then the scanner has the word again.
  Result<void> drop_rest(usb::Channel& channel, const usb::EndpointInfo& endpoint, int quiet_ms,
                         const std::stop_token& stop);

 private:
  bool torn_ = false;
};

}  // namespace bianmin::scanner
