// SIGTERM and SIGINT as a call, so that the end of a process is an event like any other.
#pragma once

#include <functional>
#include <thread>

namespace bianmin {

// block() must run before any thread is started, so that no thread but the watch's own takes the signals.
class SignalWatch {
 public:
  static void block();
  // `told` runs on the watch's thread, once for each signal.
  explicit SignalWatch(std::function<void()> told);
  ~SignalWatch();

 private:
  std::jthread thread_;
};

}  // namespace bianmin
