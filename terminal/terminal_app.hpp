// Builds and wires one session process: with terminal/main.cpp the only place that names concrete devices,
// screens and stores.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "terminal/base/event_loop.hpp"
#include "ui/kit/screen.hpp"

namespace bianmin {

// For test programs that put something in front of the screen; the shipped terminal passes none.
struct TerminalHooks {
  // Runs before the first page; what it returns is dropped when the loop has ended.
  std::function<std::shared_ptr<void>(EventLoop&, ui::Screen&)> ready;
};

// What the session before leaves to this one: see SessionExit.
struct SessionBefore {
  bool reader_empty = false;
  bool tampered = false;
};

// Runs one session: shows the welcome page, serves one person, returns a SessionExit. Problems with the
// configuration are told on stderr with their code. Blocks; needs the main thread (SDL).
int run_session(const std::filesystem::path& config, const TerminalHooks& hooks = {},
                SessionBefore before = {});

// The whole program: `--config FILE`, supervising session processes of itself.
int terminal_main(int argc, char** argv, const TerminalHooks& hooks = {});

}  // namespace bianmin
