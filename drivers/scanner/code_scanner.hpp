#pragma once

#include <functional>
#include <string>

#include "drivers/device.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

// Thread-bound to the event loop. Implementations: HidPosScanner.
class CodeScanner : public Device {
 public:
  // From now on `code` runs on the loop for each code read: its text (valid UTF-8, 1 to 4,096 bytes), or an
  // error "scanner.bad_code" (ask the resident) for one that is empty, too long or not text. What was scanned
  // before is dropped. stop() ends it; listening twice replaces the listener.
  virtual void listen(std::function<void(Result<std::string>)> code) = 0;
  virtual void stop() = 0;
};

}  // namespace bianmin::scanner
