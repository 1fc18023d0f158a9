// The sound card's own jack, as the kernel's input devices tell of it.
// Source: Linux include/uapi/linux/input.h and input-event-codes.h (struct input_event, EV_SW,
// SW_HEADPHONE_INSERT, EVIOCGBIT, EVIOCGSW).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "drivers/pad/headset_jack.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::pad {

// The last word on the jack in what was read from an input device; empty: nothing is said of it. Pure.
// `dropped`: the kernel threw events away, so the state has to be asked for.
struct JackNews {
  std::optional<bool> in;
  bool dropped = false;
};
JackNews read_jack_events(ByteView events);

// What is asked of an open input device.
struct InputDeviceCalls {
  std::function<bool(int fd)> has_jack;
  std::function<std::optional<bool>(int fd)> jack_in;  // empty: the device has gone
};
InputDeviceCalls kernel_input_calls();

// Thread-bound to the loop. One thread of its own, which waits for the first device of the folder that has a
// jack; it looks for one every `look_ms`, and a device that goes has no headset in it any more.
class EvdevJack : public HeadsetJack {
 public:
  static constexpr int look_ms = 2'000;

  // `loop` and `log` must outlive it.
  EvdevJack(EventLoop& loop, Log& log, std::filesystem::path folder = "/dev/input",
            InputDeviceCalls calls = kernel_input_calls(), int look_each_ms = look_ms);
  ~EvdevJack() override;

  bool headset_in() const override { return front_->in; }
  void watch_headset(std::function<void(bool in)> changed) override { front_->changed = std::move(changed); }

 private:
  struct Front {  // lives on the loop
    bool in = false;
    std::function<void(bool)> changed;
  };
  void run(const std::stop_token& stop);
  int open_jack() const;                             // -1: there is none
  void follow(int fd, const std::stop_token& stop);  // until it goes
  void tell(bool in);
  bool wait(int fd, int timeout_ms) const;  // true: there is something to read

  EventLoop& loop_;
  Log& log_;
  const std::filesystem::path folder_;
  const InputDeviceCalls calls_;
  const int look_each_ms_;
  std::shared_ptr<Front> front_ = std::make_shared<Front>();
  int wake_fd_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace bianmin::pad
