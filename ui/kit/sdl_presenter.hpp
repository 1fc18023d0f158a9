// A window or the full screen of an X11 or Wayland display, through SDL's window surface (no GPU).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "terminal/base/result.hpp"
#include "ui/kit/presenter.hpp"

namespace bianmin::ui {

struct WindowOptions {
  std::string title = {};
  Size canvas{1080, 1920};
  bool full_screen = false;
};

// Thread-bound to the main thread: SDL asks for it. One at a time in a process.
class SdlPresenter : public Presenter {
 public:
  // A window as large as the canvas, or scaled down to fit the display. Blocks for the display connection.
  // Errors "screen.no_display", "screen.no_window" (call staff), with SDL's own words.
  static Result<std::unique_ptr<SdlPresenter>> open(const WindowOptions& options);
  ~SdlPresenter() override;
  SdlPresenter(const SdlPresenter&) = delete;
  SdlPresenter& operator=(const SdlPresenter&) = delete;

  void present(const Canvas& canvas, const std::vector<Rect>& damage) override;

  Size window_size() const;
  Point canvas_point(int window_x, int window_y) const;     // of a mouse position
  Point canvas_point_normalised(double x, double y) const;  // of a finger, 0..1 of the window
  std::uint32_t window_id() const;

 private:
  struct State;
  explicit SdlPresenter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bianmin::ui
