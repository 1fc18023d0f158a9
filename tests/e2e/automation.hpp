// A hand and an eye for a terminal under test: clicks through SDL's own event queue, reads the semantic tree.
#pragma once

#include <filesystem>
#include <memory>

#include "tests/e2e/line_server.hpp"
#include "ui/kit/screen.hpp"

namespace bianmin::e2e {

// Requests: "dump" ("page-id ID" and the tree), "tap ID_OR_NAME" (mouse down and up in its middle, as SDL
// events), "finger ID_OR_NAME" (the same as a touch), "key NAME" (tab, return, escape, ...), "shot FILE" (a
// PNG of what is on the canvas), "pid" (of this process), "act ID_OR_NAME" (at once, without a hand).
Result<std::unique_ptr<LineServer>> automate(EventLoop& loop, ui::Screen& screen,
                                             const std::filesystem::path& socket);

}  // namespace bianmin::e2e
