#include "ui/kit/sdl_waiter.hpp"

#include <SDL.h>

#include <optional>

namespace bianmin::ui {
namespace {

// Of one turn, so that a broken input device cannot keep the loop from its timers.
constexpr int event_count_max = 200;

std::optional<Key> key_of(const SDL_KeyboardEvent& event) {
  if (event.repeat != 0) return std::nullopt;
  switch (event.keysym.sym) {
    case SDLK_TAB:
      return (event.keysym.mod & KMOD_SHIFT) != 0 ? Key::previous : Key::next;
    case SDLK_DOWN:
    case SDLK_RIGHT:
      return Key::next;
    case SDLK_UP:
    case SDLK_LEFT:
      return Key::previous;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
    case SDLK_SPACE:
      return Key::confirm;
    case SDLK_ESCAPE:
    case SDLK_BACKSPACE:
      return Key::back;
    case SDLK_F1:
      return Key::help;
    default:
      return std::nullopt;
  }
}

}  // namespace

struct SdlWaiter::Link {
  Screen& screen;
  const SdlPresenter& presenter;
  std::function<void()> closed;
  std::optional<SDL_FingerID> finger;  // the first one down; others are ignored until it is up

  void mouse_button(const SDL_MouseButtonEvent& event) {
    if (event.button != SDL_BUTTON_LEFT || event.which == SDL_TOUCH_MOUSEID) return;
    const Point point = presenter.canvas_point(event.x, event.y);
    event.state == SDL_PRESSED ? screen.pointer_down(point) : screen.pointer_up(point);
  }

  void touch(const SDL_TouchFingerEvent& event) {
    const Point point = presenter.canvas_point_normalised(event.x, event.y);
    if (event.type == SDL_FINGERDOWN && !finger) {
      finger = event.fingerId;
      screen.pointer_down(point);
    } else if (finger == event.fingerId && event.type == SDL_FINGERMOTION) {
      screen.pointer_move(point);
    } else if (finger == event.fingerId && event.type == SDL_FINGERUP) {
      finger.reset();
      screen.pointer_up(point);
    }
  }

  void window(const SDL_WindowEvent& event) {
    if (event.event == SDL_WINDOWEVENT_EXPOSED || event.event == SDL_WINDOWEVENT_SIZE_CHANGED)
      screen.redraw();
    if (event.event == SDL_WINDOWEVENT_LEAVE && !finger) screen.pointer_cancel();
    if (event.event == SDL_WINDOWEVENT_CLOSE && closed) closed();
  }
};

SdlWaiter::SdlWaiter() {
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // the program ends by its own rules
  SDL_InitSubSystem(SDL_INIT_EVENTS);
  wake_event_ = SDL_RegisterEvents(1);
}

SdlWaiter::~SdlWaiter() {
  link_.reset();
  SDL_QuitSubSystem(SDL_INIT_EVENTS);
}

void SdlWaiter::connect(Screen& screen, const SdlPresenter& presenter, std::function<void()> closed) {
  link_ = std::make_unique<Link>(Link{screen, presenter, std::move(closed), std::nullopt});
}

void SdlWaiter::disconnect() { link_.reset(); }

void SdlWaiter::wait(int timeout_ms, std::span<pollfd>) {
  SDL_Event event;
  if (SDL_WaitEventTimeout(&event, timeout_ms) == 0) return;
  int count = 0;
  do {
    handle(&event);
  } while (++count < event_count_max && SDL_PollEvent(&event) != 0);
}

void SdlWaiter::wake() {
  SDL_Event event{};
  event.type = wake_event_;
  SDL_PushEvent(&event);
}

void SdlWaiter::handle(const void* sdl_event) {
  if (link_ == nullptr) return;
  const SDL_Event& event = *static_cast<const SDL_Event*>(sdl_event);
  switch (event.type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
      link_->mouse_button(event.button);
      break;
    case SDL_MOUSEMOTION:
      if (event.motion.which != SDL_TOUCH_MOUSEID) {
        link_->screen.pointer_move(link_->presenter.canvas_point(event.motion.x, event.motion.y));
      }
      break;
    case SDL_FINGERDOWN:
    case SDL_FINGERMOTION:
    case SDL_FINGERUP:
      link_->touch(event.tfinger);
      break;
    case SDL_KEYDOWN:
      if (const auto key = key_of(event.key)) link_->screen.key(*key);
      break;
    case SDL_WINDOWEVENT:
      link_->window(event.window);
      break;
    case SDL_QUIT:
      if (link_->closed) link_->closed();
      break;
    default:
      break;
  }
}

}  // namespace bianmin::ui
