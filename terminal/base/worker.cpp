#include "terminal/base/worker.hpp"

#include <pthread.h>

namespace bianmin {

Worker::Worker(std::string name, std::size_t queue_max)
    : queue_max_(queue_max), thread_([this](std::stop_token stop) { run(stop); }) {
  ::pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

Worker::~Worker() {
  thread_.request_stop();
  changed_.notify_all();
  thread_.join();
}

Result<void> Worker::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_max_) return Error{Remedy::retry_later, "worker.queue_full", "the device is busy"};
    queue_.push_back(std::move(job));
  }
  changed_.notify_one();
  return {};
}

void Worker::run(std::stop_token stop) {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
      if (stop.stop_requested()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job(stop);
  }
}

}  // namespace bianmin
