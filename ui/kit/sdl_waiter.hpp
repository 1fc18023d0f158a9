// Lets SDL own the sleep of the event loop, and hands its events to the screen.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "terminal/base/event_loop.hpp"
#include "ui/kit/screen.hpp"
#include "ui/kit/sdl_presenter.hpp"

namespace bianmin::ui {

// Thread-bound to the loop's thread but for wake(). Costs nothing while nothing happens (X11, Wayland).
// Input runs inside wait(), between the loop's tasks.
class SdlWaiter : public Waiter {
 public:
  SdlWaiter();  // SDL's event queue works from here on
  ~SdlWaiter() override;
  SdlWaiter(const SdlWaiter&) = delete;
  SdlWaiter& operator=(const SdlWaiter&) = delete;

  // Both are lent until disconnect() or the end of the waiter. `closed` runs when the window is closed.
  void connect(Screen& screen, const SdlPresenter& presenter, std::function<void()> closed);
  void disconnect();

  void wait(int timeout_ms, std::span<pollfd> fds) override;
  void wake() override;  // thread-safe
  bool supports_fds() const override { return false; }

 private:
  struct Link;
  void handle(const void* sdl_event);

  std::uint32_t wake_event_;
  std::unique_ptr<Link> link_;
};

}  // namespace bianmin::ui
