// The same screen behind a real SDL window, on SDL's dummy video driver: events as SDL delivers them.

#include <SDL.h>

#include <thread>

#include "tests/catch.hpp"
#include "tests/ui/page_fixture.hpp"
#include "ui/kit/sdl_presenter.hpp"
#include "ui/kit/sdl_waiter.hpp"
#include "ui/pages/welcome_page.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

constexpr std::int64_t turn_ms = 1000;

void push(SDL_Event event) { REQUIRE(SDL_PushEvent(&event) == 1); }

void push_mouse(Uint32 type, int x, int y, Uint32 which = 0) {
  SDL_Event event{};
  event.type = type;
  event.button.button = SDL_BUTTON_LEFT;
  event.button.state = type == SDL_MOUSEBUTTONDOWN ? SDL_PRESSED : SDL_RELEASED;
  event.button.which = which;
  event.button.x = x;
  event.button.y = y;
  push(event);
}

void push_finger(Uint32 type, SDL_FingerID finger, double x, double y) {
  SDL_Event event{};
  event.type = type;
  event.tfinger.fingerId = finger;
  event.tfinger.x = static_cast<float>(x);
  event.tfinger.y = static_cast<float>(y);
  push(event);
}

void push_key(SDL_Keycode key, Uint16 modifier = KMOD_NONE) {
  SDL_Event event{};
  event.type = SDL_KEYDOWN;
  event.key.state = SDL_PRESSED;
  event.key.keysym.sym = key;
  event.key.keysym.mod = modifier;
  push(event);
}

// The dummy display is 1024x768: a portrait canvas is scaled down to fit.
struct SdlFixture {
  SdlFixture() : waiter(owned_waiter()), loop(clock, std::unique_ptr<Waiter>(waiter)) {
    Result<std::unique_ptr<SdlPresenter>> opened = SdlPresenter::open({.title = "test", .canvas = size});
    REQUIRE(opened.ok());
    presenter = std::move(*opened);
    screen = std::make_unique<Screen>(*presenter, clock, "ui/kit/icons", size);
    waiter->connect(*screen, *presenter, [this] { ++closed; });
    const WelcomeView view{{{"search", "一", "", {}}, {"search", "二", "", {}}}, {}};
    screen->show(
        welcome_page(view, context, [this](WelcomeIntent intent) { chosen.push_back(intent.index); }));
    turn();
  }
  ~SdlFixture() { waiter->disconnect(); }

  static SdlWaiter* owned_waiter() {
    SDL_setenv("SDL_VIDEODRIVER", "dummy", 1);
    return new SdlWaiter;  // the loop takes it
  }
  void turn() {
    loop.post([] {});
    loop.run_once(turn_ms);
  }
  Point window_point(std::string_view id) const {
    const Rect bounds = screen->find(id)->bounds;
    const Size window = presenter->window_size();
    return {(bounds.x + bounds.width / 2) * window.width / size.width,
            (bounds.y + bounds.height / 2) * window.height / size.height};
  }

  const Size size{1080, 1920};
  FakeClock clock;
  SdlWaiter* waiter;
  EventLoop loop;
  std::unique_ptr<SdlPresenter> presenter;
  std::unique_ptr<Screen> screen;
  Strings strings = sample_strings(SampleLanguage::chinese);
  PageContext context = sample_context(strings, ThemeName::light, {});
  std::vector<int> chosen;
  int closed = 0;
};

}  // namespace

TEST_CASE_METHOD(SdlFixture, "a window too large for its display is scaled, and the mouse with it", "[sdl]") {
  const Size window = presenter->window_size();
  CHECK(window.height <= 768);
  CHECK(window.width * size.height / size.width == Approx(window.height).margin(3));
  const Point at = window_point("choice.1");
  push_mouse(SDL_MOUSEBUTTONDOWN, at.x, at.y);
  turn();
  CHECK(screen->find("choice.1")->state.pressed);
  push_mouse(SDL_MOUSEBUTTONUP, at.x, at.y);
  turn();
  CHECK(chosen == std::vector<int>{1});
}

TEST_CASE_METHOD(SdlFixture, "fingers come with normalised coordinates", "[sdl]") {
  const Point at = window_point("choice.0");
  const Size window = presenter->window_size();
  const double x = double(at.x) / window.width;
  const double y = double(at.y) / window.height;
  push_finger(SDL_FINGERDOWN, 7, x, y);
  push_finger(SDL_FINGERDOWN, 8, 0.5, 0.99);  // a second finger means nothing
  push_finger(SDL_FINGERUP, 8, 0.5, 0.99);
  push_mouse(SDL_MOUSEBUTTONDOWN, 1, 1, SDL_TOUCH_MOUSEID);  // nor does a mouse made from a finger
  turn();
  CHECK(screen->find("choice.0")->state.pressed);
  push_finger(SDL_FINGERMOTION, 7, 0.5, 0.2);
  turn();
  CHECK_FALSE(screen->find("choice.0")->state.pressed);
  push_finger(SDL_FINGERMOTION, 7, x, y);
  push_finger(SDL_FINGERUP, 7, x, y);
  turn();
  CHECK(chosen == std::vector<int>{0});
}

TEST_CASE_METHOD(SdlFixture, "a keyboard is a five-key pad", "[sdl]") {
  push_key(SDLK_TAB);
  push_key(SDLK_DOWN);
  turn();
  CHECK(screen->find("choice.1")->state.focused);
  push_key(SDLK_TAB, KMOD_LSHIFT);
  push_key(SDLK_RETURN);
  push_key(SDLK_a);  // means nothing
  turn();
  CHECK(chosen == std::vector<int>{0});
}

TEST_CASE_METHOD(SdlFixture, "other threads wake the loop", "[sdl]") {
  bool ran = false;
  std::thread other([&] {
    loop.post([&] {
      ran = true;
      loop.quit(3);
    });
  });
  CHECK(loop.run() == 3);
  other.join();
  CHECK(ran);
}

TEST_CASE_METHOD(SdlFixture, "timers run while SDL sleeps", "[sdl]") {
  int fired = 0;
  loop.after(0, [&] { ++fired; });
  loop.run_once(turn_ms);
  CHECK(fired == 1);
  CHECK(loop.watch(0, POLLIN, [](short) {}).error().code == "loop.no_fds");
}

TEST_CASE_METHOD(SdlFixture, "closing the window is told", "[sdl]") {
  SDL_Event event{};
  event.type = SDL_WINDOWEVENT;
  event.window.event = SDL_WINDOWEVENT_CLOSE;
  event.window.windowID = presenter->window_id();
  push(event);
  turn();
  CHECK(closed == 1);
  event = {};
  event.type = SDL_QUIT;
  push(event);
  turn();
  CHECK(closed == 2);
}

TEST_CASE_METHOD(SdlFixture, "after disconnecting, input goes nowhere", "[sdl]") {
  waiter->disconnect();
  const Point at = window_point("choice.1");
  push_mouse(SDL_MOUSEBUTTONDOWN, at.x, at.y);
  push_mouse(SDL_MOUSEBUTTONUP, at.x, at.y);
  turn();
  CHECK(chosen.empty());
}

TEST_CASE("a display that cannot be opened is an error with a code", "[sdl]") {
  SDL_setenv("SDL_VIDEODRIVER", "no-such-driver", 1);
  const auto opened = SdlPresenter::open({.title = "test"});
  SDL_setenv("SDL_VIDEODRIVER", "dummy", 1);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "screen.no_display");
}
