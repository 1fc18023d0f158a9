#include "ui/kit/sdl_presenter.hpp"

#include <SDL.h>

#include <cstdlib>
#include <string_view>

namespace bianmin::ui {
namespace {

// Room for window borders and panels when a window has to be scaled down.
constexpr double display_share = 0.92;

Size fitting(Size canvas, Size room) {
  if (canvas.width <= room.width && canvas.height <= room.height) return canvas;
  const double scale =
      std::min(room.width * display_share / canvas.width, room.height * display_share / canvas.height);
  return {static_cast<int>(canvas.width * scale), static_cast<int>(canvas.height * scale)};
}

struct SurfaceDeleter {
  void operator()(SDL_Surface* surface) const { SDL_FreeSurface(surface); }
};
using SurfacePtr = std::unique_ptr<SDL_Surface, SurfaceDeleter>;

// The canvas as SDL sees it; shares the pixels.
SurfacePtr wrap(const Canvas& canvas) {
  void* pixels = const_cast<std::uint8_t*>(canvas.bytes());  // SDL has no surface that is only read
  return SurfacePtr(SDL_CreateRGBSurfaceWithFormatFrom(pixels, canvas.size().width, canvas.size().height, 32,
                                                       canvas.stride_bytes(), SDL_PIXELFORMAT_RGB888));
}

// SDL starts a message bus where there is none, and Xlib reads a table of 6,000 key sequences; a kiosk has
// use for neither. What the surroundings have set stays.
void leave_desktop_out() {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 0);
  ::setenv("XCOMPOSEFILE", "/dev/null", 0);
}

// Under X11 a window without borders, as large as the display: asked for full screen, SDL waits 100 ms for a
// window manager, which a kiosk has not.
SDL_Window* make_full_window(const char* title) {
  SDL_Rect display{};
  const char* driver = SDL_GetCurrentVideoDriver();
  const bool x11 = driver != nullptr && std::string_view(driver) == "x11";
  if (!x11 || SDL_GetDisplayBounds(0, &display) != 0) {
    return SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, 640, 480,
                            SDL_WINDOW_FULLSCREEN_DESKTOP);
  }
  return SDL_CreateWindow(title, display.x, display.y, display.w, display.h,
                          SDL_WINDOW_BORDERLESS | SDL_WINDOW_ALWAYS_ON_TOP);
}

SDL_Window* make_window(const WindowOptions& options) {
  if (options.full_screen) return make_full_window(options.title.c_str());
  SDL_Rect room{0, 0, options.canvas.width, options.canvas.height};
  SDL_GetDisplayUsableBounds(0, &room);
  const Size size = fitting(options.canvas, {room.w, room.h});
  return SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, size.width,
                          size.height, SDL_WINDOW_RESIZABLE);
}

}  // namespace

struct SdlPresenter::State {
  SDL_Window* window = nullptr;
  Size canvas;

  ~State() {
    if (window != nullptr) SDL_DestroyWindow(window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
  }
  // Where the canvas lies in the window: as large as fits, in the middle.
  Rect view() const {
    int width = 0;
    int height = 0;
    SDL_GetWindowSize(window, &width, &height);
    const double scale = std::min(double(width) / canvas.width, double(height) / canvas.height);
    const int shown_width = std::max(1, static_cast<int>(canvas.width * scale));
    const int shown_height = std::max(1, static_cast<int>(canvas.height * scale));
    return {(width - shown_width) / 2, (height - shown_height) / 2, shown_width, shown_height};
  }
};

SdlPresenter::SdlPresenter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SdlPresenter::~SdlPresenter() = default;

Result<std::unique_ptr<SdlPresenter>> SdlPresenter::open(const WindowOptions& options) {
  leave_desktop_out();
  SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");  // with a GPU path a frame takes ten times as long
  SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");        // fingers come as fingers only
  SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
  SDL_SetMainReady();
  if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
    return Error{Remedy::call_staff, "screen.no_display", SDL_GetError()};
  auto state = std::make_unique<State>();
  state->canvas = options.canvas;
  state->window = make_window(options);
  if (state->window == nullptr || SDL_GetWindowSurface(state->window) == nullptr) {
    return Error{Remedy::call_staff, "screen.no_window", SDL_GetError()};
  }
  return std::unique_ptr<SdlPresenter>(new SdlPresenter(std::move(state)));
}

void SdlPresenter::present(const Canvas& canvas, const std::vector<Rect>& damage) {
  SDL_Surface* target = SDL_GetWindowSurface(state_->window);  // a new one after a change of size
  const SurfacePtr source = wrap(canvas);
  if (target == nullptr || source == nullptr) return;
  const Rect view = state_->view();
  std::vector<SDL_Rect> changed;
  if (view.width == state_->canvas.width && view.height == state_->canvas.height) {
    for (const Rect& rect : damage) {
      SDL_Rect from{rect.x, rect.y, rect.width, rect.height};
      SDL_Rect to{rect.x + view.x, rect.y + view.y, rect.width, rect.height};
      SDL_BlitSurface(source.get(), &from, target, &to);
      changed.push_back(to);
    }
  } else {
    // Scaled windows are for desks, not for kiosks: all of it, so that no seams show.
    SDL_Rect to{view.x, view.y, view.width, view.height};
    if (target->format->format != source->format->format ||
        SDL_SoftStretchLinear(source.get(), nullptr, target, &to) != 0) {
      SDL_BlitScaled(source.get(), nullptr, target, &to);
    }
    changed.push_back(to);
  }
  SDL_UpdateWindowSurfaceRects(state_->window, changed.data(), static_cast<int>(changed.size()));
}

Size SdlPresenter::window_size() const {
  Size size;
  SDL_GetWindowSize(state_->window, &size.width, &size.height);
  return size;
}

Point SdlPresenter::canvas_point(int window_x, int window_y) const {
  const Rect view = state_->view();
  return {(window_x - view.x) * state_->canvas.width / view.width,
          (window_y - view.y) * state_->canvas.height / view.height};
}

Point SdlPresenter::canvas_point_normalised(double x, double y) const {
  const Size size = window_size();
  return canvas_point(static_cast<int>(x * size.width), static_cast<int>(y * size.height));
}

std::uint32_t SdlPresenter::window_id() const { return SDL_GetWindowID(state_->window); }

}  // namespace bianmin::ui
