#include "tests/e2e/automation.hpp"

#include <SDL.h>
#include <unistd.h>

namespace bianmin::e2e {

namespace {

struct Middle {
  float x;  // 0..1 of the canvas
  float y;
};

Error no_such(const std::string& name) { return {Remedy::refuse, "automation.no_such_node", name}; }

Result<Middle> middle_of(const ui::Screen& screen, const std::string& name) {
  const ui::Node* node = screen.find(name);
  if (node == nullptr || !node->actionable()) return no_such(name);
  const ui::Rect& box = node->bounds;
  return Middle{static_cast<float>(box.x + box.width / 2) / static_cast<float>(screen.size().width),
                static_cast<float>(box.y + box.height / 2) / static_cast<float>(screen.size().height)};
}

void push_mouse(const Middle& at) {
  SDL_Window* window = SDL_GetWindowFromID(1);
  int width = 0;
  int height = 0;
  SDL_GetWindowSize(window, &width, &height);
  for (const Uint32 type : {SDL_MOUSEBUTTONDOWN, SDL_MOUSEBUTTONUP}) {
    SDL_Event event{};
    event.type = type;
    event.button.windowID = 1;
    event.button.button = SDL_BUTTON_LEFT;
    event.button.state = type == SDL_MOUSEBUTTONDOWN ? SDL_PRESSED : SDL_RELEASED;
    event.button.x = static_cast<Sint32>(at.x * static_cast<float>(width));
    event.button.y = static_cast<Sint32>(at.y * static_cast<float>(height));
    SDL_PushEvent(&event);
  }
}

void push_finger(const Middle& at) {
  for (const Uint32 type : {SDL_FINGERDOWN, SDL_FINGERUP}) {
    SDL_Event event{};
    event.type = type;
    event.tfinger.touchId = 1;
    event.tfinger.fingerId = 1;
    event.tfinger.x = at.x;
    event.tfinger.y = at.y;
    SDL_PushEvent(&event);
  }
}

Result<std::string> push_key(const std::string& name) {
  const SDL_Keycode key = SDL_GetKeyFromName(name.c_str());
  if (key == SDLK_UNKNOWN) return no_such(name);
  for (const Uint32 type : {SDL_KEYDOWN, SDL_KEYUP}) {
    SDL_Event event{};
    event.type = type;
    event.key.keysym.sym = key;
    SDL_PushEvent(&event);
  }
  return std::string();
}

Result<std::string> handle(ui::Screen& screen, const std::string& line) {
  const std::size_t space = line.find(' ');
  const std::string word = line.substr(0, space);
  const std::string rest = space == std::string::npos ? std::string() : line.substr(space + 1);
  if (word == "dump") {
    const std::string id = screen.page() == nullptr ? std::string("none") : screen.page()->id;
    return "page-id " + id + "\n" + screen.semantic_dump();
  }
  if (word == "pid") return std::to_string(::getpid());
  if (word == "key") return push_key(rest);
  if (word == "act") {
    if (!screen.activate(rest)) return no_such(rest);
    return std::string();
  }
  if (word == "shot") {
    const auto written = screen.canvas().write_png(rest);
    if (!written) return written.error();
    return rest;
  }
  if (word == "tap" || word == "finger") {
    const auto middle = middle_of(screen, rest);
    if (!middle) return middle.error();
    word == "tap" ? push_mouse(*middle) : push_finger(*middle);
    return std::string();
  }
  return Error{Remedy::refuse, "automation.unknown_request", word};
}

}  // namespace

Result<std::unique_ptr<LineServer>> automate(EventLoop& loop, ui::Screen& screen,
                                             const std::filesystem::path& socket) {
  return LineServer::listen(loop, socket,
                            [&screen](const std::string& line) { return handle(screen, line); });
}

}  // namespace bianmin::e2e
