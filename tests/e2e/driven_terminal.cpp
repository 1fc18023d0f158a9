// kiosk-terminal with a hand and an eye in front: the same program, plus an automation socket
// (BIANMIN_AUTOMATION).
#include <cstdio>
#include <cstdlib>

#include "terminal/terminal_app.hpp"
#include "tests/e2e/automation.hpp"

namespace {

std::shared_ptr<void> attach(bianmin::EventLoop& loop, bianmin::ui::Screen& screen) {
  const char* socket = std::getenv("BIANMIN_AUTOMATION");
  if (socket == nullptr) return nullptr;
  auto server = bianmin::e2e::automate(loop, screen, socket);
  if (server) return std::move(*server);
  std::fprintf(stderr, "kiosk-terminal-driven: %s\n", server.error().text().c_str());
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) { return bianmin::terminal_main(argc, argv, {attach}); }
