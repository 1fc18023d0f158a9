#include "terminal/signal_watch.hpp"

#include <signal.h>

namespace bianmin {

namespace {

sigset_t watched() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void SignalWatch::block() {
  const sigset_t set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalWatch::SignalWatch(std::function<void()> told)
    : thread_([told = std::move(told)](std::stop_token stop) {
        const sigset_t set = watched();
        while (!stop.stop_requested()) {
          if (::sigwaitinfo(&set, nullptr) > 0 && !stop.stop_requested()) told();
        }
      }) {}

SignalWatch::~SignalWatch() {
  thread_.request_stop();
  ::pthread_kill(thread_.native_handle(), SIGTERM);  // only to this thread, which is waiting for it
  thread_.join();
}

}  // namespace bianmin
