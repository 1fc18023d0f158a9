// One thread for one blocking device, with a bounded queue. Its results go back with EventLoop::post().
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "terminal/base/result.hpp"

namespace bianmin {

// submit() and stop() are thread-safe. A job gets a stop token that is set when the worker is being destroyed:
// a job that blocks must look at it (or have a deadline), because the destructor waits for the running job.
class Worker {
 public:
  using Job = std::function<void(std::stop_token)>;

  Worker(std::string name, std::size_t queue_max);
  ~Worker();  // drops what is queued, waits for what runs
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Result<void> submit(Job job);  // error "worker.queue_full" (retry later): nothing was queued

 private:
  void run(std::stop_token stop);

  std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> queue_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace bianmin
